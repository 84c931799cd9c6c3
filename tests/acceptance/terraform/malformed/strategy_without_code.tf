# expect: error implementation Missing implementation
resource "sym_strategy" "strategy_without_code" {
  type           = "custom"
  name           = "strategy_without_code"
  targets        = []
  integration_id = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10"
}
