# expect: error implementation Line 2 of impl.py: Syntax error
resource "sym_flow" "flow_code_syntax" {
  name           = "flow_code_syntax"
  environment_id = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10"
  implementation = <<-EOT
    x = 1
    def get_permissions(event:
        pass
  EOT
}
