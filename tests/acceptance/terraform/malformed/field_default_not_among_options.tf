# expect: error params[0].prompt_field[0].default The default is not among the allowed values
resource "sym_flow" "field_default_not_among_options" {
  name           = "field_default_not_among_options"
  environment_id = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10"
  implementation = <<-EOT
    from sym.sdk.annotations import reducer


    @reducer
    def get_permissions(event):
        return None
  EOT
  params {
    prompt_field {
      name           = "a"
      type           = "string"
      default        = "z"
      allowed_values = ["x", "y"]
    }
  }
}
