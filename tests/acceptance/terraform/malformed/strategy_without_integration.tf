# expect: error integration_id requires an integration
resource "sym_strategy" "strategy_without_integration" {
  type    = "okta"
  name    = "strategy_without_integration"
  targets = []
}
