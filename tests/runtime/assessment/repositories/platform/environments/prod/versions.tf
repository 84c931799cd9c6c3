terraform {
  required_version = ">= 1.0"

  required_providers {
    sym = {
      source  = "terraform.symops.com/symopsio/sym"
      version = "~> 3.0"
    }
    aws = {
      source  = "hashicorp/aws"
      version = ">= 4.0, < 6.0"
    }
    okta = {
      source = "okta/okta"
    }
  }

  backend "s3" {
    bucket = "acme-terraform-state"
    key    = "sym/prod.tfstate"
    region = "us-east-1"
  }
}

provider "sym" {
  org = var.sym_org_slug
}

provider "aws" {
  region = var.aws_region

  default_tags {
    tags = local.tags
  }
}

provider "aws" {
  alias  = "sso"
  region = "us-east-1"
  assume_role {
    role_arn = "arn:aws:iam::${var.sso_account_id}:role/Terraform"
  }
}
