# A release that the build server asks for through the API, and a person approves. See README.md.

terraform {
  required_providers {
    sym = {
      source  = "symopsio/sym"
      version = "~> 3.7"
    }
  }
}

variable "org" {
  description = "Name of your organization, as given to `symflow init-org`."
  type        = string
  default     = "acme"
}

provider "sym" {
  org = var.org
}

resource "sym_integration" "slack" {
  type        = "slack"
  name        = "slack"
  external_id = "T123ABC"
}

resource "sym_integration" "aws" {
  type        = "permission_context"
  name        = "aws"
  external_id = "123456789012"

  settings = {
    cloud       = "aws"
    external_id = "sym"
    region      = "eu-west-1"
    role_arn    = "arn:aws:iam::123456789012:role/sym/SymLambda"
  }
}

resource "sym_environment" "builds" {
  name = "builds"

  integrations = {
    slack_id      = sym_integration.slack.id
    aws_lambda_id = sym_integration.aws.id
  }
}

resource "sym_flow" "release" {
  name           = "release"
  label          = "Release"
  implementation = file("${path.module}/impl.py")
  environment_id = sym_environment.builds.id

  vars = {
    channel = "#releases"
    manager = "U0MANAGER"
    deploy  = "arn:aws:lambda:eu-west-1:123456789012:function:deploy"
  }

  params {
    allowed_sources = ["api"]

    prompt_field {
      name = "version"
      type = "string"
    }

    prompt_field {
      name     = "failures"
      label    = "Failed tests"
      type     = "int"
      required = false
      default  = "0"
    }
  }
}
