# expect: error implementation is an async method
resource "sym_strategy" "strategy_method_async" {
  type           = "custom"
  name           = "strategy_method_async"
  targets        = []
  integration_id = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10"
  implementation = <<-EOT
    from sym.sdk.strategies import AccessStrategy


    class Grants(AccessStrategy):
        def fetch_remote_identity(self, user):
            return user.email

        async def escalate(self, target_id, event):
            return {}

        def deescalate(self, target_id, event):
            return {}
  EOT
}
