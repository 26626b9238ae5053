// Draws the report. The data lies in the page (report_data.cpp writes it); nothing is fetched.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const runs = data.runs, several = runs.length > 1;
  const letters = "ABCDEF";
  const kYAxis = 62, kRight = 24;  // Pixels beside every plot, the same for all, so that times stand above each other.

  // ---- Making elements ----

  // el("p", {class: "quiet"}, "text", child...)
  function el(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
      else if (value !== null && value !== false) made.setAttribute(key, value === true ? "" : value);
    }
    for (const each of children.flat()) if (each !== null && each !== undefined) made.append(each);
    return made;
  }

  // Columns: {head, cell(row), number}. The first one names the row.
  function table(caption, columns, rows) {
    const head = columns.map((c) => el("th", {scope: "col", class: c.number ? "n" : null}, c.head));
    const body = rows.map((row) => el("tr", {}, columns.map((c, i) =>
      i === 0 ? el("th", {scope: "row"}, c.cell(row)) : el("td", {class: c.number ? "n" : c.class || null}, c.cell(row)))));
    const made = el("table", {}, el("caption", {}, caption), el("thead", {}, el("tr", {}, head)), el("tbody", {}, body));
    return el("div", {class: "wide", tabindex: "0", role: "region", "aria-label": caption}, made);
  }

  function folded(title, make) {
    const made = el("details", {}, el("summary", {}, title));
    made.addEventListener("toggle", () => { if (made.open && made.children.length === 1) made.append(make()); });
    return made;
  }

  // ---- Numbers and times in words ----

  const none = (value) => value === null || value === undefined || Number.isNaN(value);
  function number(value, digits = 2) {
    if (none(value)) return "–";
    return value.toLocaleString("en-GB", {maximumFractionDigits: digits});
  }
  function brief(value) {
    if (none(value)) return "–";
    const size = Math.abs(value);
    return number(value, size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 || size === 0 ? 2 : 4);
  }
  function length(seconds) {
    if (none(seconds)) return "–";
    const s = Math.round(seconds), parts = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
    let left = s, words = [];
    for (const [size, unit] of parts) {
      const count = Math.floor(left / size);
      left -= count * size;
      if (count > 0) words.push(`${count} ${unit}`);
    }
    return words.length ? words.slice(0, 2).join(" ") : "0 s";
  }

  // Runs that begin together show their time of day; others count from their own start.
  const common = runs.every((run) => run.start === runs[0].start);
  const origin = common ? runs[0].start : 0;
  const end = Math.max(...runs.map((run) => run.seconds));
  const longRun = end > 2 * 86400;
  const two = (value) => String(value).padStart(2, "0");
  function clock(seconds, withSeconds = true) {
    if (none(seconds)) return "–";
    if (!common) {
      const s = Math.round(seconds);
      return `+${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}${withSeconds ? ":" + two(s % 60) : ""}`;
    }
    const date = new Date((origin + seconds) * 1000);
    const day = longRun ? `${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())} ` : "";
    return `${day}${two(date.getUTCHours())}:${two(date.getUTCMinutes())}${withSeconds ? ":" + two(date.getUTCSeconds()) : ""}`;
  }

  const labels = runs.map((run, i) => {
    const twins = runs.filter((other) => other.name === run.name).length > 1;
    return twins ? `${run.name} (${run.results_file})` : run.name;
  });
  const badge = (i) => el("span", {class: "badge"}, letters[i]);
  const unitOf = (name, run) => {
    const unit = (data.metrics[name] || {}).unit || "";
    return unit === "currency" ? run.currency : unit;
  };
  // What a difference means, in a sign and a word: never in colour alone.
  function verdict(name, difference) {
    if (none(difference) || Math.abs(difference) < 1e-9) return el("span", {class: "quiet"}, "same");
    const better = (data.metrics[name] || {better: "smaller"}).better;  // The page's own rows are all of the kind.
    const direction = {smaller: -1, larger: 1, neither: 0}[better];
    const words = `${difference > 0 ? "+" : "−"}${brief(Math.abs(difference))}`;
    if (direction === 0) return el("span", {}, words);
    const good = difference * direction > 0;
    return el("span", {class: good ? "good" : "bad"}, `${words} ${good ? "✓ better" : "✗ worse"}`);
  }

  const stateWords = {
    INSERVICE: "in service", PENDING: "starting", PENDING_WAIT: "starting, a hook waits", REMOVING: "leaving",
    REMOVING_WAIT: "leaving, a hook waits", STANDBY: "standby", ENTERING_STANDBY: "entering standby"};
  const stateWord = (state) => stateWords[state] || state.toLowerCase().replaceAll("_", " ");
  const kindWords = {out: "grows", in: "shrinks", denied: "denied", trouble: "trouble"};
  const kindSigns = {out: "▲", in: "▼", denied: "✕", trouble: "!"};

  // ---- Colours and patterns: from the style sheet, so that dark mode and print hold for charts, too ----

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  const kDashes = [[], [8, 4], [2, 3], [10, 3, 2, 3], [5, 5], [1, 5]];

  // A tile that repeats: each series has its own strokes, so that areas can be told apart without colour.
  function pattern(context, index, name) {
    const size = 10, tile = document.createElement("canvas");
    tile.width = tile.height = size;
    const c = tile.getContext("2d");
    c.fillStyle = colour(name);
    c.globalAlpha = 0.28;
    c.fillRect(0, 0, size, size);
    c.globalAlpha = 0.9;
    c.strokeStyle = colour(name);
    c.lineWidth = 1.5;
    const line = (...points) => { c.beginPath(); c.moveTo(points[0], points[1]); c.lineTo(points[2], points[3]); c.stroke(); };
    if (index % 6 === 1) { line(-2, 12, 12, -2); line(-2, 2, 2, -2); line(8, 12, 12, 8); }
    if (index % 6 === 2) { c.beginPath(); c.arc(5, 5, 1.6, 0, 7); c.fill(); }
    if (index % 6 === 3) { line(-2, -2, 12, 12); line(8, -2, 12, 2); line(-2, 8, 2, 12); }
    if (index % 6 === 4) line(0, 5, size, 5);
    if (index % 6 === 5) { line(5, 0, 5, size); line(0, 5, size, 5); }
    return context.createPattern(tile, "repeat");
  }

  function swatch(series) {
    const canvas = el("canvas", {width: 52, height: 24, "aria-hidden": "true"});
    const draw = () => {
      const c = canvas.getContext("2d");
      c.clearRect(0, 0, 52, 24);
      if (series.area !== undefined) {
        c.fillStyle = pattern(c, series.area, series.colour);
        c.fillRect(1, 1, 50, 22);
      }
      c.strokeStyle = colour(series.colour);
      c.lineWidth = series.area === undefined ? 4 : 2;
      c.setLineDash((series.dash || []).map((each) => each * 2));
      if (series.area === undefined) { c.beginPath(); c.moveTo(0, 12); c.lineTo(52, 12); c.stroke(); }
      else c.strokeRect(1, 1, 50, 22);
    };
    draw();
    redraws.push(draw);
    return canvas;
  }

  // ---- Zoom: one stretch of time for all charts ----

  const charts = [], strips = [], redraws = [];
  const whole = [origin, origin + end];
  let shown = [...whole], spreading = false;

  function show(from, until) {
    const least = Math.max(end / 5000, 1);
    if (until - from < least) until = from + least;
    const span = Math.min(until - from, whole[1] - whole[0]);
    from = Math.min(Math.max(from, whole[0]), whole[1] - span);
    shown = [from, from + span];
    spreading = true;
    for (const chart of charts) chart.plot.setScale("x", {min: shown[0], max: shown[1]});
    spreading = false;
    for (const strip of strips) strip();
    tellRange();
  }
  const zoomed = () => shown[0] !== whole[0] || shown[1] !== whole[1];
  const reset = () => show(...whole);
  function zoomBy(factor, around = (shown[0] + shown[1]) / 2) {
    show(around - (around - shown[0]) * factor, around + (shown[1] - around) * factor);
  }
  function move(share) {
    const by = (shown[1] - shown[0]) * share;
    show(shown[0] + by, shown[1] + by);
  }
  // On any chart: + and - zoom, arrows move, Home, End, 0 and Escape.
  function steer(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const actions = {"+": () => zoomBy(0.5), "=": () => zoomBy(0.5), "-": () => zoomBy(2), ArrowLeft: () => move(-0.25),
      ArrowRight: () => move(0.25), "0": reset, Escape: reset, Home: () => move(-1e6), End: () => move(1e6)};
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  let range = null;
  function tellRange() {
    if (!range) return;
    const words = `${clock(shown[0] - origin, false)} to ${clock(shown[1] - origin, false)}${common ? " UTC" : ""}`;
    range.textContent = zoomed() ? words : `whole run, ${words}`;
    document.documentElement.dataset.zoomed = String(zoomed());
  }

  function zoomBar() {
    const bar = document.getElementById("zoom");
    const button = (text, label, action) => el("button", {type: "button", "aria-label": label, title: label, onclick: action}, text);
    range = el("output", {"aria-live": "polite"});
    bar.append(button("+", "Zoom in", () => zoomBy(0.5)), button("−", "Zoom out", () => zoomBy(2)),
      button("←", "Earlier", () => move(-0.25)), button("→", "Later", () => move(0.25)),
      button("Whole run", "Show the whole run", reset), range);
    document.getElementById("group-0").parentElement.before(bar);
    bar.hidden = false;
    tellRange();
  }

  // ---- Charts ----

  const kMonths = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
  // The time of day, and the day beneath it where it is another one than before.
  function tick(at, before) {
    if (!common) return clock(at, shown[1] - shown[0] < 600);
    const date = new Date(at * 1000), day = (t) => Math.floor(t / 86400);
    const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}${date.getUTCSeconds() ? ":" + two(date.getUTCSeconds()) : ""}`;
    return before !== undefined && day(at) === day(before) ? time : `${time}\n${date.getUTCDate()} ${kMonths[date.getUTCMonth()]}`;
  }
  // With no common start the axis counts lengths, in steps of clock time all the same.
  const xAxis = () => ({
    stroke: () => colour("quiet"), grid: {stroke: () => colour("grid"), width: 1}, ticks: {stroke: () => colour("grid"), width: 1},
    font: "12px system-ui, sans-serif", size: 44, space: 70,
    values: (u, splits) => splits.map((s, i) => tick(s, splits[i - 1])),
    ...(common ? {} : {incrs: [60, 300, 600, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 604800]}),
  });
  const yAxis = (unit) => ({
    stroke: () => colour("quiet"), grid: {stroke: () => colour("grid"), width: 1}, ticks: {show: false},
    font: "12px system-ui, sans-serif", size: kYAxis, label: unit, labelSize: 18, labelFont: "12px system-ui, sans-serif",
    labelGap: 0, values: (u, splits) => splits.map((s) => s >= 1e6 ? number(s / 1e6, 2) + " M" : s >= 10000 ? number(s / 1000, 1) + " k" : number(s, 2)),
  });

  // Bands over the stretches in which a fault is declared.
  function drawFaults(u, run) {
    const c = u.ctx, ratio = u.pxRatio || devicePixelRatio;
    c.save();
    c.beginPath();
    c.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height);
    c.clip();
    run.faults.forEach((fault, i) => {
      const x0 = u.valToPos(origin + fault.from, "x", true);
      const x1 = u.valToPos(origin + (none(fault.until) ? run.seconds : fault.until), "x", true);
      c.fillStyle = pattern(c, 3, "fault");
      c.globalAlpha = 0.3;
      c.fillRect(x0, u.bbox.top, Math.max(x1 - x0, 2), u.bbox.height);
      c.globalAlpha = 1;
      c.strokeStyle = colour("fault");
      c.strokeRect(x0, u.bbox.top - 2, Math.max(x1 - x0, 2), u.bbox.height + 4);
      c.fillStyle = colour("fault");
      c.font = `${11 * ratio}px system-ui, sans-serif`;
      c.textAlign = "left";
      c.textBaseline = "top";
      c.fillText(fault.kind.replaceAll("_", " "), Math.max(x0, u.bbox.left) + 4 * ratio, u.bbox.top + (3 + 13 * (i % 3)) * ratio);
    });
    c.restore();
  }

  // chart: {title, unit, run, t, series: [{name, values, colour, dash, area, stepped, hidden, width}], bands, top, say}
  function chartOf(chart) {
    const host = el("div", {class: "plot", tabindex: "0", role: "group", "aria-roledescription": "chart",
      "aria-label": `${chart.title}. ${chart.say} Plus and minus zoom, arrow keys move, Escape shows the whole run; the numbers are in the table below.`, onkeydown: steer});
    const values = chart.series.filter((s) => !s.silent).map((s) => ({series: s, out: el("b", {})}));
    const legend = el("ul", {class: "legend"}, values.map(({series, out}) => el("li", {}, swatch(series), series.name + " ", out)));
    const figure = el("figure", {class: "chart"}, el("figcaption", {class: "quiet"}, chart.say), legend, host);
    const tell = (u) => {
      const at = u.cursor.idx;
      for (const {series, out} of values)
        out.textContent = none(at) ? "" : none(series.values[at]) ? "–" : brief(series.values[at]);
    };
    const stacked = chart.stacked;
    const y = [];
    chart.series.forEach((s, i) => { y.push(stacked && i > 0 ? s.values.map((v, k) => v + y[i - 1][k]) : s.values); });
    // The uppermost sum is drawn first, or it would hide the others.
    const order = chart.series.map((s, i) => i);
    if (stacked) order.reverse();
    const paths = (s) => uPlot.paths.stepped({align: s.stepped});
    const options = {
      width: 600, height: chart.height || 230, legend: {show: false}, padding: [10, kRight, 0, 0],
      tzDate: (ts) => uPlot.tzDate(new Date(ts * 1e3), "Etc/UTC"),
      cursor: {y: false, sync: {key: "time", filters: {pub: (type) => type !== "mousedown" && type !== "mouseup", sub: () => true}},
        drag: {x: true, y: false, dist: 6}, points: {size: 6}, bind: {dblclick: () => () => { reset(); return null; }}},
      scales: {x: {time: common, min: shown[0], max: shown[1], range: (u, min, max) => [min ?? shown[0], max ?? shown[1]]},
        y: {range: (u, min, max) => [0, Math.max((chart.top ?? max ?? 1) * 1.05, chart.least || 1)]}},
      axes: [xAxis(), {...yAxis(chart.unit), ...(stacked ? {incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 100000]} : {})}],
      series: [{}, ...order.map((i) => {
        const s = chart.series[i];
        return {label: s.name, stroke: s.silent ? "transparent" : () => colour(s.colour), width: s.width || 1.5, dash: s.dash,
          spanGaps: false, points: {show: false}, ...(s.stepped ? {paths: paths(s)} : {}),
          ...(stacked ? {fill: (u) => pattern(u.ctx, s.area, s.colour)} : {})};
      })],
      bands: chart.bands || [],
      hooks: {
        setCursor: [tell], drawClear: [],
        drawAxes: [(u) => drawFaults(u, chart.run)],
        setScale: [(u, key) => {
          if (key !== "x" || spreading || u.status === 0) return;
          const {min, max} = u.scales.x;
          if (min !== shown[0] || max !== shown[1]) queueMicrotask(() => show(min, max));
        }],
      },
    };
    // An area hides what is under it: each is cut off at the sum below it.
    if (stacked) {
      options.bands = order.slice(0, -1).map((s, i) => ({series: [i + 1, i + 2]}));
    }
    const plot = new uPlot(options, [chart.t.map((t) => origin + t), ...order.map((i) => y[i])], host);
    host.querySelector("canvas").setAttribute("aria-hidden", "true");
    charts.push({plot, host});
    figure.append(folded("The numbers of this chart", () => numbersOf(chart)));
    return figure;
  }

  // At most 60 rows: of each stretch the row in which the first series is largest.
  function numbersOf(chart) {
    const rows = [], count = Math.min(60, chart.t.length), first = chart.series[0].values;
    for (let i = 0; i < count; ++i) {
      const from = Math.floor(i * chart.t.length / count), until = Math.floor((i + 1) * chart.t.length / count);
      let most = from;
      for (let k = from; k < until; ++k) if (first[k] > first[most]) most = k;
      rows.push(most);
    }
    const shownSeries = chart.series.filter((s) => !s.silent);
    const head = {head: common ? "Time, UTC" : "Time", cell: (k) => clock(chart.t[k])};
    return table(`${chart.title}${chart.t.length > count ? `: ${count} of ${chart.t.length} rows, each the one with most "${chart.series[0].name}" of its stretch` : ""}`,
      [head, ...shownSeries.map((s) => ({head: s.name, number: true, cell: (k) => brief(s.values[k])}))], rows);
  }

  const most = (values) => values.reduce((a, b) => (none(b) ? a : Math.max(a, b)), 0);
  function mostAt(chart, values) {
    let at = 0;
    values.forEach((v, i) => { if (!none(v) && (none(values[at]) || v > values[at])) at = i; });
    return clock(chart.t[at], false);
  }

  // A value holds for the period that ends at its time; the first one needs a beginning, too.
  function withBeginning(series) {
    if (series.t.length < 2) return series;
    const made = {};
    for (const [name, values] of Object.entries(series)) made[name] = Array.isArray(values) ? [values[0], ...values] : values;
    made.t[0] = Math.max(0, 2 * series.t[0] - series.t[1]);
    return made;
  }

  function demandChart(group, run, top) {
    const d = withBeginning(group.demand);
    const unserved = d.offered.map((v, i) => (none(v) ? null : Math.max(0, v - d.served[i])));
    const say = most(d.offered) === 0 ? "Nothing is offered." :
      `Offered: at most ${brief(most(d.offered))} a second, at ${mostAt(d, d.offered)}. ` +
      (most(unserved) > 0 ? `Unserved: at most ${brief(most(unserved))} a second, at ${mostAt(d, unserved)}.` : "All of it is served.");
    return {title: "Demand against capacity", unit: "units a second", run, t: d.t, say, top,
      series: [
        {name: "offered", values: d.offered, colour: "offered", stepped: -1, width: 2},
        {name: "served", values: d.served, colour: "served", stepped: -1, dash: kDashes[1]},
        {name: "capacity in service", values: d.capacity, colour: "capacity", stepped: -1, dash: kDashes[2], width: 2},
        {name: "unserved", values: unserved, colour: "unserved", stepped: -1, area: 1, width: 1},
      ],
      bands: [{series: [1, 2], fill: () => colour("unserved") + "99"}]};
  }
  function censusChart(title, census, run, top, word, area) {
    const names = census.names.map(word), totals = census.t.map((t, k) => census.counts.reduce((a, c) => a + c[k], 0));
    const ends = [...census.t, run.seconds];
    return {title, unit: "instances", run, top, stacked: true, least: 2, height: 200,
      t: ends, say: `${names.length > 1 ? names.slice(0, -1).join(", ") + " and " + names.at(-1) : names[0]}; at most ${brief(most(totals))} together, at ${mostAt(census, totals)}.`,
      series: census.counts.map((counts, i) => ({name: names[i], values: [...counts, counts.at(-1)], colour: "s" + (i % 6 + 1), area: i, stepped: 1}))};
  }
  function cpuChart(group, run) {
    const d = withBeginning(group.demand);
    const bounds = group.policies.filter((p) => p.metric === "cpu_util" && !none(p.threshold));
    const series = [{name: "CPU", values: d.cpu, colour: "s1", stepped: -1, width: 2}];
    bounds.forEach((p, i) => series.push({name: `threshold ${p.comparison} ${brief(p.threshold)}`, values: d.t.map(() => p.threshold), colour: "s2", dash: kDashes[1 + i % 5], width: 1}));
    return {title: "CPU", unit: "% of instances in service", run, t: d.t, series, top: Math.max(100, most(d.cpu)) / 1.05, height: 180,
      say: `At most ${brief(most(d.cpu))} %, at ${mostAt(d, d.cpu)}.`};
  }
  function latencyChart(group, run, top) {
    const l = withBeginning(group.latency);
    return {title: "Latency", unit: "milliseconds", run, t: l.t, top,
      say: `99 of 100 requests within ${brief(most(l.p99))} ms at worst, at ${mostAt(l, l.p99)}.`,
      series: [{name: "p99", values: l.p99, colour: "s6", stepped: -1, dash: kDashes[2], width: 2},
        {name: "p95", values: l.p95, colour: "s2", stepped: -1, dash: kDashes[1]},
        {name: "p50", values: l.p50, colour: "s1", stepped: -1, width: 2}]};
  }

  // ---- Events ----

  const hint = document.getElementById("hint");
  function showHint(words, near) {
    hint.textContent = words;
    hint.hidden = false;
    const box = near.getBoundingClientRect(), own = hint.getBoundingClientRect();
    hint.style.left = Math.max(8, Math.min(box.left + box.width / 2 - own.width / 2, innerWidth - own.width - 8)) + "px";
    const above = box.top - own.height - 8;
    hint.style.top = (above > 8 ? above : box.bottom + 8) + "px";
  }
  const hideHint = () => { hint.hidden = true; };

  function eventWords([, kind, sentence, status, seconds, added, removed, failed]) {
    if (none(status)) return sentence;
    const done = [[added, "added"], [removed, "removed"], [failed, "failed"]].filter(([n]) => n > 0).map(([n, word]) => `${n} ${word}`);
    const how = none(seconds) ? "still running at the end" : `ended after ${length(seconds)}: ${status}`;
    return `${sentence} It ${none(seconds) ? "was " + how : how}${done.length ? ", " + done.join(", ") : ""}.`;
  }

  // Marks above the chart, a row for each kind. One of them is in the tab order; arrows go to the next and the one before.
  function eventStrip(group, run) {
    const lanes = ["out", "in", "denied", "trouble"].filter((kind) => group.events.some((e) => e[1] === kind));
    if (!lanes.length) return el("p", {class: "quiet"}, "No scaling action, and none denied.");
    const marks = el("div", {class: "marks", role: "group", "aria-label": "Scaling actions and denied requests in order of time; arrow keys go from one to the next"});
    const strip = el("div", {class: "events"});
    lanes.forEach((kind, i) => strip.append(el("div", {class: "lane", style: `top:${i * 1.35}rem`}, `${kindSigns[kind]} ${kindWords[kind]}`)));
    strip.style.height = lanes.length * 1.35 + "rem";
    strip.append(marks);
    marks.style.left = kYAxis + 18 + "px";
    marks.style.right = kRight + "px";
    const buttons = group.events.map((event, i) => {
      const words = `${clock(event[0])}: ${eventWords(event)}`;
      const button = el("button", {type: "button", class: "mark " + event[1], tabindex: i === 0 ? "0" : "-1", "aria-label": `${kindWords[event[1]]}, ${words}`,
        onmouseenter: () => showHint(words, button), onmouseleave: hideHint, onfocus: () => showHint(words, button), onblur: hideHint,
        onclick: () => showHint(words, button)}, kindSigns[event[1]]);
      button.style.top = `calc(${lanes.indexOf(event[1]) * 1.35}rem)`;
      return button;
    });
    marks.append(...buttons);
    marks.addEventListener("keydown", (event) => {
      const step = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1}[event.key];
      if (event.key === "Escape") hideHint();
      if (!step) { if (event.key !== "Escape") steer(event); return; }
      event.preventDefault();
      for (let at = buttons.indexOf(document.activeElement) + step; at >= 0 && at < buttons.length; at += step) {
        if (buttons[at].hidden) continue;
        document.activeElement.tabIndex = -1;
        buttons[at].tabIndex = 0;
        buttons[at].focus({preventScroll: true});
        return;
      }
    });
    const place = () => {
      const span = shown[1] - shown[0];
      group.events.forEach((event, i) => {
        const share = (origin + event[0] - shown[0]) / span;
        buttons[i].hidden = share < 0 || share > 1;
        buttons[i].style.left = share * 100 + "%";
      });
      // Something must stay in the tab order while there is anything to see.
      if (!buttons.some((b) => !b.hidden && b.tabIndex === 0)) {
        buttons.forEach((b) => { b.tabIndex = -1; });
        const first = buttons.find((b) => !b.hidden);
        if (first) first.tabIndex = 0;
      }
    };
    strips.push(place);
    place();
    return strip;
  }

  function eventTable(group, run, i) {
    const rest = group.events_left_out > 0 ? `; ${number(group.events_left_out)} later ones are left out, 'tidepool explain' tells them` : "";
    return folded(`All ${group.events.length} scaling actions and denied requests${several ? " of " + letters[i] : ""}, with their reasons`, () =>
      table(`Scaling actions, denied requests and trouble of ${group.name}${several ? ", " + labels[i] : ""}${rest}`, [
        {head: common ? "Time, UTC" : "Time", cell: (e) => clock(e[0])},
        {head: "What", class: "word", cell: (e) => `${kindSigns[e[1]]} ${kindWords[e[1]]}`},
        {head: "Why", class: "reason", cell: eventWords},
      ], group.events));
  }

  // ---- Settings, costs, objectives, faults ----

  const dayWords = (p) => p.days.split(",").map((day) => (p.recurrence.toUpperCase() === "WEEKLY" ? ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][day - 1] || day : `on the ${day}.`)).join(", ");
  function policyWords(p) {
    const amount = !none(p.percentage) ? `${brief(p.percentage)} %` : !none(p.number) ? brief(p.number) : "";
    const when = !none(p.threshold) ? `when ${p.statistic} ${p.metric} ${p.comparison} ${brief(p.threshold)} for ${p.periods > 1 ? p.periods + " periods of " : ""}${length(p.period)}` :
      p.launch ? `at ${p.launch.replace(/\.0+Z/, "Z")}` :
      p.recurrence ? `${p.recurrence.toLowerCase()}${p.days ? " " + dayWords(p) : ""} at ${two(Math.floor(p.minute / 60))}:${two(p.minute % 60)} UTC` : p.type.toLowerCase();
    return `${p.operation} ${amount} ${when}; cooldown ${length(p.cooldown)}${p.status === "INSERVICE" ? "" : "; " + p.status.toLowerCase()}`;
  }

  function settingsTable(name) {
    const present = runs.map((run, i) => ({run, i, group: groupOf(run, name)})).filter((x) => x.group);
    const names = [...new Set(present.flatMap((x) => x.group.policies.map((p) => p.name)))];
    const rows = [
      {head: "Size", cell: (g) => `${brief(g.minimum)} to ${brief(g.maximum)} instances`},
      {head: "Cooldown of the group", cell: (g) => length(g.cooldown)},
      {head: "Capacity of an instance", cell: (g) => (none(g.capacity_per_instance) ? "–" : `${brief(g.capacity_per_instance)} units a second`)},
      ...names.map((policy) => ({head: policy, cell: (g) => g.policies.filter((p) => p.name === policy).map(policyWords).join(" / ") || "–"})),
    ];
    return table(`Settings of ${name} at the end of the run`, [{head: "Setting", cell: (r) => r.head},
      ...present.map((x) => ({head: several ? `${letters[x.i]}: ${labels[x.i]}` : "Value", class: "reason", cell: (r) => r.cell(x.group)}))], rows);
  }

  function costTables(group, run, i) {
    const of = several ? ` in ${letters[i]}` : "";
    const zones = table(`Cost of ${group.name} by zone and flavor${of}`, [
      {head: "Zone", cell: (r) => r[0]}, {head: "Flavor", cell: (r) => r[1] || "–"}, {head: "Instances", number: true, cell: (r) => number(r[2])},
      {head: "Hours", number: true, cell: (r) => number(r[3])}, {head: "Billed hours", number: true, cell: (r) => number(r[4])},
      {head: `Cost, ${run.currency}`, number: true, cell: (r) => number(r[5])},
    ], group.cost_by_zone);
    const rest = group.instances_left_out > 0 ? `; ${number(group.instances_left_out)} cheaper ones are left out` : "";
    return el("div", {}, zones, folded(`Cost by instance${of}: the ${group.instances.length} dearest first`, () =>
      table(`Instances of ${group.name}${of}${rest}`, [
        {head: "Instance", cell: (r) => r[0]}, {head: "Zone", cell: (r) => r[1]}, {head: "Flavor", cell: (r) => r[2] || "–"},
        {head: "Joined", cell: (r) => clock(r[3])}, {head: "Gone", cell: (r) => (none(r[4]) ? "still there" : clock(r[4]))},
        {head: "Hours", number: true, cell: (r) => number(r[5])}, {head: "Billed hours", number: true, cell: (r) => number(r[6])},
        {head: `Cost, ${run.currency}`, number: true, cell: (r) => number(r[7])},
      ], group.instances)));
  }

  const boundWords = (o) => [none(o.at_least) ? null : `at least ${brief(o.at_least)}`, none(o.at_most) ? null : `at most ${brief(o.at_most)}`].filter(Boolean).join(" and ");
  function objectivesTable() {
    const rows = runs.flatMap((run, i) => run.objectives.map((o) => ({o, run, i})));
    if (!rows.length) return el("p", {}, "The scenario names no objectives.");
    return table("Objectives", [
      {head: "Metric", cell: ({o}) => o.metric.replaceAll("_", " ")},
      ...(several ? [{head: "Run", cell: ({i}) => `${letters[i]}: ${labels[i]}`}] : []),
      {head: "Group", cell: ({o}) => o.group || "all"},
      {head: "Wanted", cell: ({o, run}) => `${boundWords(o)} ${unitOf(o.metric, run)}`},
      {head: "Was", number: true, cell: ({o}) => (none(o.value) ? "no value" : brief(o.value))},
      {head: "Outcome", cell: ({o}) => (o.met ? el("span", {class: "good"}, "✓ met") : el("span", {class: "bad"}, "✗ missed"))},
    ], rows);
  }
  function faultsTable() {
    const rows = runs.flatMap((run, i) => run.faults.map((f) => ({f, run, i})));
    return table("Faults, drawn as bands in the charts", [
      {head: "Fault", cell: ({f}) => f.kind.replaceAll("_", " ")},
      ...(several ? [{head: "Run", cell: ({i}) => letters[i]}] : []),
      {head: "From", cell: ({f}) => clock(f.from)}, {head: "Until", cell: ({f}) => (none(f.until) ? "the end" : clock(f.until))},
      {head: "Where", cell: ({f}) => [f.zone, f.flavor, f.group].filter(Boolean).join(", ") || "everywhere"},
    ], rows);
  }

  // ---- Headlines ----

  const missed = (run) => run.objectives.filter((o) => !o.met).length;
  // The group with most demand stands for the run where one has to.
  const mainGroup = (run) => run.groups.reduce((a, g) => (!a || (g.metrics.offered_units || 0) > (a.metrics.offered_units || 0) ? g : a), null);
  const groupOf = (run, name) => run.groups.find((g) => g.name === name);
  const peakOf = (run) => (mainGroup(run) || {}).peak || null;

  function tiles() {
    const items = [
      ["Cost", (run) => [`${number(run.total.cost)}\u00a0${run.currency}`, none(run.total.cost_per_million_served) ? "" : `${number(run.total.cost_per_million_served)} a million served`]],
      ["Instance-hours", (run) => [number(run.total.instance_hours), `${number(run.total.billed_hours)} billed`]],
      ["Unserved", (run) => [none(run.total.unserved_percent) ? "–" : `${brief(run.total.unserved_percent)}\u00a0%`, `${brief(run.total.unserved_units)} of ${brief(run.total.offered_units)} units`]],
      ["Time short", (run) => [length(run.total.short_seconds), "more offered than capacity"]],
      ["Busiest hour", (run) => { const p = peakOf(run); return p ? [`${brief(p.unserved_percent)}\u00a0%`, `unserved, ${clock(p.from, false)} to ${clock(p.until, false)}`] : ["–", "no demand"]; }],
      ...(runs.some((run) => run.groups.some((g) => g.latency)) ? [["Latency in it", (run) => { const p = peakOf(run); return p && !none(p.worst_p95) ? [`${brief(p.worst_p95)} ms`, `worst p95; p99 ${brief(p.worst_p99)} ms`] : ["–", ""]; }]] : []),
      ["Objectives", (run) => [missed(run) ? el("span", {class: "bad"}, `✗ ${missed(run)} missed`) : run.objectives.length ? el("span", {class: "good"}, "✓ all met") : "none", run.objectives.length ? `of ${run.objectives.length}` : ""]],
      ["Denied requests", (run) => [number(run.total.denied_requests), `${number(run.total.denied_by_cooldown)} by a cooldown, ${number(run.total.denied_at_limit)} at a limit`]],
    ];
    return el("ul", {class: "tiles"}, items.map(([title, of]) => {
      const tile = el("li", {class: "tile"}, el("h3", {}, title));
      if (!several) {
        const [value, more] = of(runs[0]);
        tile.append(el("p", {class: "one"}, value), el("small", {}, more));
      } else {
        tile.append(el("dl", {}, runs.flatMap((run, i) => [el("dt", {}, letters[i]), el("dd", {}, of(run)[0], el("small", {}, of(run)[1]))])));
      }
      return tile;
    }));
  }

  // What `run` does better and worse than `first`, in one sentence.
  function against(run, first) {
    const parts = [], more = (difference) => (difference > 0 ? "more" : "less");
    const cost = run.total.cost - first.total.cost;
    if (cost === 0) parts.push("costs the same");
    else parts.push(`costs ${number(Math.abs(cost))}\u00a0${run.currency} ${more(cost)}${first.total.cost > 0 ? ` (${cost > 0 ? "+" : "−"}${brief(Math.abs(cost / first.total.cost * 100))}\u00a0%)` : ""}`);
    const unserved = run.total.unserved_percent - first.total.unserved_percent;
    if (!none(run.total.unserved_percent) && !none(first.total.unserved_percent)) parts.push(unserved === 0 ? "leaves as much unserved" : `leaves ${brief(Math.abs(unserved))} percentage points ${more(unserved)} unserved`);
    const short = run.total.short_seconds - first.total.short_seconds;
    if (short !== 0) parts.push(`is short for ${length(Math.abs(short))} ${more(short)}`);
    const now = missed(run), was = missed(first);
    if (run.objectives.length || first.objectives.length)
      parts.push(now === was ? `misses as many objectives (${now})` : now === 0 ? `meets all objectives, of which A misses ${was}` : `misses ${now} of its objectives, A ${was}`);
    return `it ${parts.slice(0, -1).join(", ")}${parts.length > 1 ? " and " : ""}${parts.at(-1)}.`;
  }

  function answer() {
    const lines = runs.map((run, i) => {
      const p = peakOf(run), group = mainGroup(run);
      const who = several ? el("b", {}, `${letters[i]}, ${labels[i]}: `) : null;
      if (!p) return el("p", {}, who, "No demand was offered. ", `It cost ${number(run.total.cost)} ${run.currency}.`);
      const unserved = p.unserved_percent > 0 ? `${brief(p.unserved_percent)}\u00a0% of them are not served` : "all of them are served";
      const peak = `In its busiest hour, ${clock(p.from, false)} to ${clock(p.until, false)}, group ${group.name} is offered ${brief(p.offered_per_second)} units a second; ${unserved}, with ${brief(p.least_in_service)} to ${brief(p.most_in_service)} instances at up to ${brief(p.most_cpu)}\u00a0% CPU` +
        (none(p.worst_p95) ? ". " : `, and the slowest five of 100 requests take ${brief(p.worst_p95)} ms or more at worst. `);
      return el("p", {}, who, peak, `The whole run leaves ${brief(run.total.unserved_percent)}\u00a0% unserved, is short for ${length(run.total.short_seconds)} and costs ${number(run.total.cost)}\u00a0${run.currency}.`);
    });
    return [...lines, ...runs.slice(1).map((run, i) => el("p", {}, el("b", {}, `${letters[i + 1]} against A: `), against(run, runs[0])))];
  }

  // What most readers ask for; the rest is folded away.
  const kFirst = new Set(["unserved_units", "instance_hours", "mean_instances", "max_instances", "scaling_actions"]);
  const comesFirst = (name) => !data.metrics[name] || data.metrics[name].judges || kFirst.has(name);
  // A table of the first ones among `rows`, and one of the others behind it.
  function inTwoTables(caption, columns, rows, name) {
    const first = rows.filter((row) => comesFirst(name(row))), rest = rows.filter((row) => !comesFirst(name(row)));
    return [table(caption, columns, first), rest.length ? folded(`${rest.length} more metrics`, () => table(`${caption}: the other metrics`, columns, rest)) : null];
  }

  function compareTable() {
    const extra = [
      ["objectives_missed", "objectives missed", "", missed],
      ["peak_unserved", "unserved in the busiest hour", "%", (run) => (peakOf(run) || {}).unserved_percent],
      ["peak_cpu", "most CPU in the busiest hour", "%", (run) => (peakOf(run) || {}).most_cpu],
      ["peak_p95", "worst p95 in the busiest hour", "ms", (run) => (peakOf(run) || {}).worst_p95],
      ["peak_p99", "worst p99 in the busiest hour", "ms", (run) => (peakOf(run) || {}).worst_p99],
    ].map(([name, words, unit, of]) => ({name, words, unit, of}));
    const rows = [...extra, ...Object.keys(data.metrics).map((name) => ({name, words: name.replaceAll("_", " "), unit: unitOf(name, runs[0]), of: (run) => run.total[name]}))]
      .filter((row) => runs.some((run) => !none(row.of(run)) && row.of(run) !== 0));
    return inTwoTables("Runs side by side, differences to A", [
      {head: "Metric", cell: (row) => el("span", {title: (data.metrics[row.name] || {}).meaning || row.words}, row.words, row.unit ? el("small", {}, row.unit) : null)},
      ...runs.map((run, i) => ({head: letters[i], number: true, cell: (row) => {
        const value = row.of(run), first = row.of(runs[0]);
        return i === 0 ? brief(value) : el("span", {}, brief(value), el("small", {}, none(value) || none(first) ? "" : verdict(row.name, value - first)));
      }})),
    ], rows, (row) => row.name);
  }

  // Of 'tidepool compare': means over seeds, paired differences to the first with their intervals, and wins.
  function seedsSection(c) {
    const signs = {better: "✓ better", worse: "✗ worse", unclear: "≈ could be chance", same: "same", neither: ""};
    return el("section", {"aria-labelledby": "seeds"}, el("h2", {id: "seeds"}, `Over ${c.seeds.length} seeds`),
      el("p", {}, c.seeds.length > 1 ?
        "Each entrant ran with the same seeds, so differences are taken seed by seed; the interval holds the mean difference with 95 % confidence (Student t)." :
        "One seed only: there are differences, but no intervals."),
      inTwoTables("Means, and differences to A", [
        {head: "Metric", cell: (m) => el("span", {}, m.metric.replaceAll("_", " "), el("small", {}, m.unit))},
        ...c.entrants.map((e, i) => ({head: `${letters[i] || i + 1}: ${e.name}`, number: true, cell: (m) => {
          const v = m.entrants[i];
          if (i === 0) return brief(v.mean);
          const half = none(v.half_width) ? "" : ` ± ${brief(v.half_width)}`;
          return el("span", {}, brief(v.mean), el("small", {}, none(v.difference) ? "" : `${v.difference > 0 ? "+" : ""}${brief(v.difference)}${half}`),
            el("small", {class: v.verdict === "better" ? "good" : v.verdict === "worse" ? "bad" : null}, signs[v.verdict] || ""));
        }})),
      ], c.metrics.filter((m) => m.entrants.some((v) => !none(v.mean) && v.mean !== 0)), (m) => m.metric),
      table("Pairwise wins: of all pairs of a rival and a metric, how many each wins", [
        {head: "Entrant", cell: (x) => `${letters[x.i] || x.i + 1}: ${x.e.name}`},
        {head: "Won", number: true, cell: (x) => `${x.e.won} of ${x.e.pairs}`},
        {head: "Share", number: true, cell: (x) => (x.e.pairs ? `${brief(x.e.won / x.e.pairs * 100)} %` : "–")},
      ], c.entrants.map((e, i) => ({e, i}))),
      el("p", {class: "quiet"}, `The charts below are of seed ${c.seeds[0]}.`));
  }

  // ---- The page ----

  function head() {
    const title = several ? `${runs.length} runs side by side` : runs[0].name;
    document.title = `${title} – Tidepool report`;
    const list = runs.map((run, i) => el("li", {}, several ? badge(i) : null, several ? el("b", {}, labels[i]) : null, several ? el("br") : null,
      run.description || "", run.description ? el("br") : null,
      el("span", {class: "quiet"}, `${run.start_utc.slice(0, 16).replace("T", " ")} UTC, ${length(run.seconds)}, seed ${run.seed}, behaviour ${run.behaviour}, billed by ${length(run.quantum_seconds)}, fingerprint ${run.fingerprint}`),
      run.calls_as_expected ? null : el("p", {class: "bad"}, "✗ A call of this scenario was answered otherwise than expected.")));
    document.getElementById("head").append(el("h1", {}, title), el("ul", {class: "runs"}, list));
  }

  function groupSection(name, id) {
    const section = el("section", {"aria-labelledby": id}, el("h2", {id}, `Group ${name}`));
    const present = runs.map((run, i) => ({run, i, group: groupOf(run, name)})).filter((x) => x.group);
    section.append(settingsTable(name));
    const topOf = (values) => Math.max(...present.map((x) => values(x.group)), 0);
    const part = (title, words, of) => {
      const figures = present.map((x) => ({x, made: of(x)})).filter((f) => f.made);
      if (!figures.length) return;
      section.append(el("h3", {}, title));
      if (words) section.append(el("p", {class: "quiet"}, words));
      for (const {x, made} of figures) {
        if (several) section.append(el("h4", {}, badge(x.i), labels[x.i]));
        section.append(...made);
      }
    };
    const demandTop = topOf((g) => Math.max(most(g.demand.offered), Math.min(most(g.demand.capacity), 3 * most(g.demand.offered))));
    part("Demand, capacity, and what was done", "Shaded is demand that was not served. Marks are scaling actions and denied requests; point at one, or go through them with the arrow keys, to read the reason.",
      ({group, run, i}) => (group.demand.t.length ? [eventStrip(group, run), chartOf(demandChart(group, run, demandTop || undefined)), eventTable(group, run, i)] : [eventStrip(group, run), eventTable(group, run, i)]));
    part("Latency", "", ({group, run}) => (group.latency ? [chartOf(latencyChart(group, run, topOf((g) => (g.latency ? most(g.latency.p99) : 0))))] : null));
    part("CPU", "", ({group, run}) => (group.demand.t.length && most(group.demand.cpu) > 0 ? [chartOf(cpuChart(group, run))] : null));
    const sum = (census) => most(census.t.map((t, k) => census.counts.reduce((a, c) => a + c[k], 0)));
    part("Instances by state", "", ({group, run}) => (group.states.t.length > 1 ? [chartOf(censusChart("Instances by state", group.states, run, topOf((g) => sum(g.states)), stateWord))] : null));
    part("Instances in service by zone", "", ({group, run}) => (group.zones.t.length > 1 ? [chartOf(censusChart("Instances in service by zone", group.zones, run, topOf((g) => sum(g.zones)), (z) => z))] : null));
    section.append(el("h3", {}, "Cost"), el("div", {class: "columns"}, present.map(({group, run, i}) => costTables(group, run, i))));
    return section;
  }

  function build() {
    head();
    const content = document.getElementById("content");
    content.append(el("section", {"aria-labelledby": "short"}, el("h2", {id: "short"}, "In short"), answer(), tiles()));
    if (data.comparison) content.append(seedsSection(data.comparison));
    if (several) content.append(el("section", {"aria-labelledby": "compared"}, el("h2", {id: "compared"}, data.comparison ? "One seed in detail" : "Compared"), ...compareTable().filter(Boolean)));
    content.append(el("section", {"aria-labelledby": "objectives"}, el("h2", {id: "objectives"}, "Objectives"), objectivesTable()));
    if (runs.some((run) => run.faults.length)) content.append(el("section", {"aria-labelledby": "faults"}, el("h2", {id: "faults"}, "Faults"), faultsTable()));
    const names = [...new Set(runs.flatMap((run) => run.groups.map((g) => g.name)))];
    names.forEach((name, i) => content.append(groupSection(name, `group-${i}`)));
    for (const [i, run] of runs.entries())
      if (run.groups_left_out > 0) content.append(el("p", {}, `${several ? letters[i] + ": " : ""}${number(run.groups_left_out)} more groups are in the totals, but not shown one by one; these cost most.`));
    if (charts.length) zoomBar();
    document.getElementById("foot").append(
      el("p", {}, `Made by Tidepool ${data.program.version} (${data.program.commit}). Long series are thinned to about 3,000 rows: each stretch keeps its first and last row and its extremes. ` +
        `Demand and CPU are means of the periods between measurements; capacity is that of the instances in service at the end of each. Drawn with uPlot 1.6.32 (MIT).`),
      el("p", {}, common ? "All times are UTC." : "The runs begin at different moments: times count from each run's own start."));
  }

  function fit() {
    for (const {plot, host} of charts) {
      const width = host.clientWidth;
      if (width > 0 && width !== plot.width) plot.setSize({width, height: plot.height});
    }
  }
  function recolour() {
    for (const {plot} of charts) plot.redraw(false);
    for (const draw of redraws) draw();
  }

  build();
  fit();
  new ResizeObserver(fit).observe(document.getElementById("content"));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);
  addEventListener("scroll", () => { if (!document.activeElement.classList.contains("mark")) hideHint(); }, {passive: true});
  addEventListener("keydown", (event) => { if (event.key === "Escape") hideHint(); });
  // Paper is light and narrow, whatever the screen is.
  addEventListener("beforeprint", () => {
    document.documentElement.classList.add("printing");
    for (const {plot} of charts) plot.setSize({width: 660, height: plot.height});
    recolour();
  });
  addEventListener("afterprint", () => {
    document.documentElement.classList.remove("printing");
    fit();
    recolour();
  });
  document.documentElement.dataset.ready = "true";
})();
