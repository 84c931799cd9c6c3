output "flow" {
  description = "Name of the flow."
  value       = sym_flow.this.name
}
