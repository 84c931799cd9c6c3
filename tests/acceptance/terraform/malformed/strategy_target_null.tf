# expect: error targets[0] cannot be null
resource "sym_strategy" "strategy_target_null" {
  type           = "okta"
  name           = "strategy_target_null"
  targets        = [null]
  integration_id = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10"
}
