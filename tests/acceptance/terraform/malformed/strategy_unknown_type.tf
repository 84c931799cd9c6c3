# expect: warning type There is no sym_strategy of type "awssso"
resource "sym_strategy" "strategy_unknown_type" {
  type           = "awssso"
  name           = "strategy_unknown_type"
  targets        = []
  integration_id = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10"
}
