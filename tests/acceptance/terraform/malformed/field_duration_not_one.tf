# expect: error params[0].prompt_field[0].allowed_values[1] is not a duration
resource "sym_flow" "field_duration_not_one" {
  name           = "field_duration_not_one"
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
      type           = "duration"
      allowed_values = ["1h", "soon"]
    }
  }
}
