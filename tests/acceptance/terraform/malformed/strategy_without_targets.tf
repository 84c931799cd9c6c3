# expect: error - The argument "targets" is required
resource "sym_strategy" "strategy_without_targets" {
  type = "http"
  name = "strategy_without_targets"
}
