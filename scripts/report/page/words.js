/** Numbers, units and times as the page writes them. */

/** Four significant digits, thousands separated. */
export function numberText(x) {
  if (x === null || x === undefined || !Number.isFinite(x)) return '';
  const size = Math.abs(x);
  if (size !== 0 && (size < 1e-3 || size >= 1e9)) return signed(x.toExponential(2));
  if (size >= 1000) return signed(Math.round(x).toLocaleString('en-US'));
  return signed(String(Number(x.toPrecision(4))));
}

/** Three digits: enough for the half of an interval. */
function halfText(x) {
  return numberText(Number(x.toPrecision(3)));
}

/** How far an interval reaches below and above: one number where both are the same. */
export function intervalText(below, above) {
  const even = Math.abs(below - above) <= 1e-3 * Math.max(Math.abs(below), Math.abs(above));
  return even ? halfText(below) : `−${halfText(below)} +${halfText(above)}`;
}

/** An estimate's interval after its mean: "± 3", "−2 +5", "(no interval)". */
export function intervalWords([, below, above]) {
  if (below === null) return '(no interval)';
  const text = intervalText(below, above);
  return text.startsWith('−') ? text : `± ${text}`;
}

/** Mean and interval. */
export function estimateText(estimate) {
  const mean = numberText(estimate[0]);
  return estimate[1] === null ? mean : `${mean} ${intervalWords(estimate)}`;
}

/** The last word of a setting's path. */
export function lastPart(path) {
  return path.slice(path.lastIndexOf('.') + 1);
}

/** A number with a sign in front of what is above zero. */
export function changeText(x) {
  return x > 0 ? `+${numberText(x)}` : numberText(x);
}

function signed(text) {
  return text.replace('-', '−');
}

/** "response time (s)"; without brackets where the measure has no unit. */
export function titleOf(measure) {
  return measure.unit === '' || measure.unit === '1' ? measure.label : `${measure.label} (${measure.unit})`;
}

/** The unit in which a span of time reads best. */
export function timeUnit(span_s) {
  if (span_s < 300) return { name: 's', seconds: 1 };
  if (span_s < 3 * 3600) return { name: 'min', seconds: 60 };
  if (span_s < 4 * 86400) return { name: 'h', seconds: 3600 };
  return { name: 'd', seconds: 86400 };
}

/** A length of time in the unit that fits it. */
export function durationText(seconds) {
  const unit = seconds < 120 ? { name: 's', seconds: 1 } : timeUnit(seconds);
  return `${numberText(seconds / unit.seconds)} ${unit.name}`;
}

/** A moment as days, hours, minutes and seconds since the start, "3 d 04:05:06". */
export function clockText(seconds) {
  const whole = Math.round(seconds);
  const two = (x) => String(x).padStart(2, '0');
  const day = Math.floor(whole / 86400);
  const clock = `${two(Math.floor(whole / 3600) % 24)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return day === 0 ? clock : `${day} d ${clock}`;
}

/** Text for places that read HTML, as Plotly's labels do. */
export function escapeText(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
