# Access that a Lambda function of yours grants and takes away. See README.md.

terraform {
  required_providers {
    sym = {
      source  = "symopsio/sym"
      version = "~> 3.0"
    }
  }
}

variable "org" {
  description = "Name of your organization, as given to `symflow init-org`."
  type        = string
  default     = "acme"
}

variable "role" {
  description = "The role that the worker takes on to call the function; or the settings of a Lambda connector."
  type = object({
    account_id = string
    region     = string
    role_arn   = string
  })
  default = {
    account_id = "123456789012"
    region     = "us-east-1"
    role_arn   = "arn:aws:iam::123456789012:role/sym/SymLambdaMain"
  }
}

variable "function_arn" {
  description = "The function with lambda_src/handler.py."
  type        = string
  default     = "arn:aws:lambda:us-east-1:123456789012:function:sym-grant"
}

provider "sym" {
  org = var.org
}

resource "sym_integration" "lambda" {
  type        = "permission_context"
  name        = "lambda"
  external_id = var.role.account_id

  settings = {
    cloud    = "aws"
    region   = var.role.region
    role_arn = var.role.role_arn
  }
}

resource "sym_target" "shop" {
  type  = "aws_lambda_function"
  name  = "shop-administration"
  label = "Administration of the shop"

  settings = {
    arn = var.function_arn
  }
}

resource "sym_strategy" "lambda" {
  type           = "aws_lambda"
  name           = "lambda"
  integration_id = sym_integration.lambda.id
  targets        = [sym_target.shop.id]
}

resource "sym_environment" "main" {
  name = "main"
}

resource "sym_flow" "shop" {
  name           = "shop-administration"
  label          = "Administration of the shop"
  implementation = file("${path.module}/impl.py")
  environment_id = sym_environment.main.id

  vars = {
    channel = "#shop"
  }

  params {
    strategy_id              = sym_strategy.lambda.id
    include_decision_message = true

    prompt_field {
      name  = "reason"
      label = "Which ticket is it for?"
      type  = "string"
    }

    prompt_field {
      name           = "duration"
      type           = "duration"
      allowed_values = ["30m", "2h"]
    }
  }
}
