resource "sym_flows_filter" "this" {
  implementation = file("${path.module}/flows_filter.py")

  vars = {
    security_domain = "security.example.com"
  }
}
