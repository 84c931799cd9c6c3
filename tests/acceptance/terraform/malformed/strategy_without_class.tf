# expect: error implementation There is no class derived from AccessStrategy
resource "sym_strategy" "strategy_without_class" {
  type           = "custom"
  name           = "strategy_without_class"
  targets        = []
  integration_id = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10"
  implementation = <<-EOT
    x = 1
  EOT
}
