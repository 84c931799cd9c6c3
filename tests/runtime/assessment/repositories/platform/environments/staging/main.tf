# Staging shares the connectors of prod, and looks them up.
provider "sym" {
  org = "acme"
}

data "sym_environment" "prod" {
  name = "prod"
}

data "sym_integration" "slack" {
  type = "slack"
  name = "prod-slack"
}

data "sym_secrets" "shared" {
  type = "aws_secrets_manager"
  name = "prod-secrets"
}

resource "sym_environment" "staging" {
  name            = "staging"
  error_logger_id = data.sym_environment.prod.error_logger_id
  integrations    = { slack_id = data.sym_integration.slack.id }
}

module "database" {
  source = "../../modules/access-flow"

  name           = "Staging Database"
  label          = "The staging database, with all its replicas, and every one of its backups"
  okta_group_id  = var.groups["database"]
  okta_domain    = "acme-staging.okta.com"
  channel        = "#staging"
  environment_id = sym_environment.staging.id
  secret_id      = data.sym_secrets.shared.id
  durations      = ["1h", "2 hours"]
}

variable "groups" {
  type = map(string)
}

resource "sym_flows_filter" "this" {
  implementation = file("../../shared/get_flows.py")
  vars           = { hidden = "prod-cluster" }
}
