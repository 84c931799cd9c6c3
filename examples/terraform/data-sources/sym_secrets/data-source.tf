data "sym_secrets" "worker" {
  type = "env"
  name = "worker"
}

output "id" {
  value = data.sym_secrets.worker.id
}
