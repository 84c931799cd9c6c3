# expect: warning settings["speed"] has no setting "speed"
resource "sym_strategy" "strategy_unknown_setting" {
  type           = "okta"
  name           = "strategy_unknown_setting"
  targets        = []
  integration_id = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10"
  settings       = { speed = "fast" }
}
