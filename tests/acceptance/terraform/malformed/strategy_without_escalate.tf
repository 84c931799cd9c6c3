# expect: error implementation has no method escalate
resource "sym_strategy" "strategy_without_escalate" {
  type           = "custom"
  name           = "strategy_without_escalate"
  targets        = []
  integration_id = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10"
  implementation = <<-EOT
    from sym.sdk.strategies import AccessStrategy


    class Grants(AccessStrategy):
        def fetch_remote_identity(self, user):
            return user.email

        def raise_up(self, target_id, event):
            return {}

        def deescalate(self, target_id, event):
            return {}
  EOT
}
