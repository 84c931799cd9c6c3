data "sym_runtime" "main" {
  name = "main"
}

output "context_id" {
  value = data.sym_runtime.main.context_id
}
