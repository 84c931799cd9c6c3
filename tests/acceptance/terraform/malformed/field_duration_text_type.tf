# expect: error params[0].prompt_field[0].allowed_values[0] Invalid duration
resource "sym_flow" "field_duration_text_type" {
  name           = "field_duration_text_type"
  environment_id = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10"
  implementation = <<-EOT
    from sym.sdk.annotations import reducer


    @reducer
    def get_permissions(event):
        return None
  EOT
  params {
    strategy_id = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10"
    prompt_field {
      name           = "duration"
      type           = "string"
      allowed_values = ["later"]
    }
  }
}
