# expect: warning implementation There is no reducer named get_permissions
resource "sym_flow" "flow_without_reducer" {
  name           = "flow_without_reducer"
  environment_id = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10"
  implementation = <<-EOT
    x = 1
  EOT
}
