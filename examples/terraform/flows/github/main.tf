# Repositories of a GitHub organization: those of each team, approved by it, and any other. See README.md.

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

variable "github_organization" {
  description = "Your organization at GitHub."
  type        = string
  default     = "acme"
}

variable "teams" {
  description = "The repositories of each team, and who of it approves."
  type = map(object({
    repositories = list(string)
    approvers    = list(string)
  }))
  default = {
    payments = {
      repositories = ["rocket"]
      approvers    = ["approver@example.com"]
    }
    search = {
      repositories = ["index", "crawler"]
      approvers    = ["approver@example.com", "cat@example.com"]
    }
  }
}

variable "shared_repositories" {
  description = "Repositories of no team."
  type        = list(string)
  default     = ["docs", "other"]
}

locals {
  # One entry for each repository of a team.
  owned = {
    for entry in flatten([
      for team, its in var.teams : [
        for repository in its.repositories : { repository = repository, team = team, approvers = its.approvers }
      ]
    ]) : entry.repository => entry
  }
}

provider "sym" {
  org = var.org
}

resource "sym_secrets" "worker" {
  type = "env"
  name = "worker"
}

resource "sym_secret" "github_token" {
  source_id = sym_secrets.worker.id
  path      = "SYM_SECRET_GITHUB_TOKEN"
}

resource "sym_integration" "github" {
  type        = "github"
  name        = "github"
  external_id = var.github_organization

  settings = {
    api_token_secret = sym_secret.github_token.id
  }
}

# A target for each repository of a team: what is added to var.teams can be asked for.
resource "sym_target" "repository" {
  for_each = local.owned

  type  = "github_repo"
  name  = each.key
  label = "${each.value.team}: ${each.key}"

  settings = {
    repo_name = each.key
  }
}

# One target for all the others: which one is an answer in the form, the prompt field of the same name.
resource "sym_target" "shared_repository" {
  type           = "github_repo"
  name           = "shared-repository"
  label          = "A shared repository"
  field_bindings = ["repo_name"]
}

resource "sym_strategy" "teams" {
  type           = "github"
  name           = "team-repositories"
  integration_id = sym_integration.github.id
  targets        = [for target in sym_target.repository : target.id]
}

resource "sym_strategy" "shared" {
  type           = "github"
  name           = "shared-repositories"
  integration_id = sym_integration.github.id
  targets        = [sym_target.shared_repository.id]
}

resource "sym_environment" "main" {
  name = "main"

  integrations = {
    github_id = sym_integration.github.id
  }
}

resource "sym_flow" "team_repository" {
  name           = "team-repository"
  label          = "A team's repository"
  implementation = file("${path.module}/impl.py")
  environment_id = sym_environment.main.id

  vars = {
    approvers = jsonencode({ for repository, its in local.owned : repository => its.approvers })
    channels  = jsonencode({ for repository, its in local.owned : repository => "#team-${its.team}" })
  }

  params {
    strategy_id = sym_strategy.teams.id

    prompt_field {
      name  = "reason"
      label = "What is it for?"
      type  = "string"
    }

    prompt_field {
      name           = "duration"
      type           = "duration"
      allowed_values = ["8h", "3d"]
    }
  }
}

resource "sym_flow" "shared_repository" {
  name           = "shared-repository"
  label          = "A shared repository"
  implementation = file("${path.module}/impl.py")
  environment_id = sym_environment.main.id

  vars = {
    approvers = jsonencode({})
    channels  = jsonencode({})
  }

  params {
    strategy_id = sym_strategy.shared.id

    prompt_field {
      name           = "repo_name"
      label          = "Repository"
      type           = "string"
      allowed_values = var.shared_repositories
    }

    prompt_field {
      name  = "reason"
      label = "What is it for?"
      type  = "string"
    }

    prompt_field {
      name           = "duration"
      type           = "duration"
      allowed_values = ["8h", "3d"]
    }
  }
}
