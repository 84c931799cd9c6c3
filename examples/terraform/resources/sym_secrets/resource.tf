# The environment of the process that runs flows.
resource "sym_secrets" "worker" {
  type = "env"
  name = "worker"
}

# The role that the worker takes on. The AWS connector module outputs these settings.
resource "sym_integration" "runtime" {
  type        = "permission_context"
  name        = "runtime"
  external_id = "123456789012"

  settings = {
    cloud    = "aws"
    region   = "us-east-1"
    role_arn = "arn:aws:iam::123456789012:role/sym/SymRuntime"
  }
}

resource "sym_secrets" "aws" {
  type = "aws_secrets_manager"
  name = "main"

  settings = {
    context_id = sym_integration.runtime.id
  }
}
