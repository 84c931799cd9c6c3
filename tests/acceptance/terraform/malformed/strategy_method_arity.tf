# expect: error implementation cannot be called with
resource "sym_strategy" "strategy_method_arity" {
  type           = "custom"
  name           = "strategy_method_arity"
  targets        = []
  integration_id = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10"
  implementation = <<-EOT
    from sym.sdk.strategies import AccessStrategy


    class Grants(AccessStrategy):
        def fetch_remote_identity(self, user):
            return user.email

        def escalate(self):
            return {}

        def deescalate(self, target_id, event):
            return {}
  EOT
}
