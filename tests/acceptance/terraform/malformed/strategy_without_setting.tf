# expect: error settings needs the setting "instance_arn"
resource "sym_strategy" "strategy_without_setting" {
  type           = "aws_sso"
  name           = "strategy_without_setting"
  targets        = []
  integration_id = "6f1c1a5e-95a8-4c13-8d3a-0d3b8f3e2f10"
}
