resource "sym_flow" "deploy" {
  name           = "deploy"
  template       = "sym:template:approval:1.0"
  implementation = local.code
  environment_id = sym_environment.prod.id
  params = { "allowed_sources_json" : "[\"api\", \"slack\"]", prompt_fields_json = <<EOT
    [
      {"name": "reason", "type": "string", "default": "It's \"urgent\"", "help": "never shown"},
      {"name": "region", "type": "list", "allowed_values": ["eu", "us"], "required": false},
      {"name": "replicas", "type": "list", "allowed_values": [1, 2]}
    ]
EOT
  }
}

resource "sym_flow" "services" {
  for_each       = toset(local.services)
  name           = "service-${each.key}"
  template       = "sym:template:approval:1.0.0"
  implementation = "./impl.py"
  environment_id = sym_environment.prod.id
  params = {
    prompt_fields_json = jsonencode(concat([local.reason], [
      { name = "version", type = "list", allowed_values = ["1.${each.key}", "2"] },
    ]))
    allow_guest_interaction = true
    additional_header_text  = <<-EOT
      Ask for ${each.key}:
        gently.
    EOT
    unknown_key             = "x"
  }
}

resource "sym_flow" "empty" {
  name           = "empty"
  template       = "sym:template:approval:1.0.0"
  implementation = "impl.py"
  environment_id = sym_environment.prod.id
  params         = {}
}
