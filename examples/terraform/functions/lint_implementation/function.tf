locals {
  problems = provider::sym::lint_implementation(file("${path.module}/impl.py"))
}

check "implementation" {
  assert {
    condition     = length(local.problems) == 0
    error_message = join("\n", [for found in local.problems : "line ${found.line}: ${found.message} ${found.hint}"])
  }
}

# Also of a strategy or a flows filter.
output "problems_as_a_strategy" {
  value = provider::sym::lint_implementation(file("${path.module}/impl.py"), "strategy")[*].message
}
