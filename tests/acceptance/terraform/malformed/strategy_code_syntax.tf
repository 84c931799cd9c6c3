# expect: error implementation Line 1 of strategy.py
resource "sym_strategy" "strategy_code_syntax" {
  type           = "custom"
  name           = "strategy_code_syntax"
  targets        = []
  integration_id = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10"
  implementation = <<-EOT
    class Grants
  EOT
}
