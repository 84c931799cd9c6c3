// The emoji shortcodes people and apps use most; what is not here stays as it was typed.

const TABLE = {
  "+1": "👍", "-1": "👎", thumbsup: "👍", thumbsdown: "👎", wave: "👋", pray: "🙏", clap: "👏", eyes: "👀", raised_hands: "🙌",
  raised_hand: "✋", ok_hand: "👌", point_right: "👉", point_left: "👈", point_up: "☝️", point_down: "👇", muscle: "💪",
  smile: "😄", slightly_smiling_face: "🙂", grinning: "😀", joy: "😂", thinking_face: "🤔", sweat_smile: "😅", wink: "😉",
  cry: "😢", tada: "🎉", rocket: "🚀", fire: "🔥", sparkles: "✨", star: "⭐", heart: "❤️", robot_face: "🤖", ghost: "👻",
  white_check_mark: "✅", heavy_check_mark: "✔️", ballot_box_with_check: "☑️", x: "❌", negative_squared_cross_mark: "❎",
  warning: "⚠️", no_entry: "⛔", no_entry_sign: "🚫", octagonal_sign: "🛑", question: "❓", exclamation: "❗", heavy_exclamation_mark: "❗",
  grey_question: "❔", information_source: "ℹ️", rotating_light: "🚨", bell: "🔔", no_bell: "🔕", mega: "📣", loudspeaker: "📢",
  hourglass: "⌛", hourglass_flowing_sand: "⏳", clock1: "🕐", clock3: "🕒", alarm_clock: "⏰", stopwatch: "⏱️", timer_clock: "⏲️", watch: "⌚",
  calendar: "📅", date: "📅", spiral_calendar_pad: "🗓️", key: "🔑", old_key: "🗝️", lock: "🔒", unlock: "🔓", closed_lock_with_key: "🔐",
  lock_with_ink_pen: "🔏", shield: "🛡️", bust_in_silhouette: "👤", busts_in_silhouette: "👥", house: "🏠", office: "🏢",
  memo: "📝", pencil: "✏️", pencil2: "✏️", clipboard: "📋", page_facing_up: "📄", bookmark_tabs: "📑", books: "📚", book: "📖",
  link: "🔗", pushpin: "📌", round_pushpin: "📍", paperclip: "📎", mag: "🔍", speech_balloon: "💬", thought_balloon: "💭", email: "📧",
  envelope: "✉️", inbox_tray: "📥", outbox_tray: "📤", package: "📦", label: "🏷️", gear: "⚙️", wrench: "🔧", hammer: "🔨",
  hammer_and_wrench: "🛠️", bulb: "💡", computer: "💻", floppy_disk: "💾", file_cabinet: "🗄️", satellite: "🛰️", bug: "🐛", zap: "⚡",
  arrow_right: "➡️", arrow_left: "⬅️", arrow_up: "⬆️", arrow_down: "⬇️", arrows_counterclockwise: "🔄", leftwards_arrow_with_hook: "↩️",
  arrow_right_hook: "↪️", fast_forward: "⏩", rewind: "⏪", double_vertical_bar: "⏸️", arrow_forward: "▶️", black_square_for_stop: "⏹️",
  red_circle: "🔴", large_orange_circle: "🟠", orange_circle: "🟠", large_yellow_circle: "🟡", yellow_circle: "🟡", large_green_circle: "🟢", green_circle: "🟢",
  large_blue_circle: "🔵", blue_circle: "🔵", white_circle: "⚪", black_circle: "⚫", new: "🆕", ok: "🆗", sos: "🆘", soon: "🔜",
  door: "🚪", wastebasket: "🗑️", scroll: "📜", mailbox: "📫", globe_with_meridians: "🌐", earth_africa: "🌍", chart_with_upwards_trend: "📈",
  bar_chart: "📊", moneybag: "💰", ticket: "🎫", passport_control: "🛂", customs: "🛃", checkered_flag: "🏁", triangular_flag_on_post: "🚩",
  end: "🔚", repeat: "🔁", no_good: "🙅", handshake: "🤝", crown: "👑", bow: "🙇", zzz: "💤", skull: "💀", hand: "✋", lollipop: "🍭",
};

/** The emoji of a shortcode without its colons, or null. */
export function emoji(code) {
  const name = code.split("::")[0];
  return Object.hasOwn(TABLE, name) ? TABLE[name] : null;
}

/** A text with its shortcodes replaced, as in `plain_text` objects. */
export function withEmoji(text) {
  return String(text ?? "").replace(/:([a-z0-9_+-]+):/g, (whole, code) => emoji(code) ?? whole);
}
