data "sym_flows_filter" "this" {}

output "vars" {
  value = data.sym_flows_filter.this.vars
}
