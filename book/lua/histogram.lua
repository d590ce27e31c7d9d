-- Draws the results of many runs: a panel for each series, one under the
-- other, on one axis and one scale.

local chart = require 'chart'
local histogram = {}

local LEFT, WIDTH, BARS, HEAD, GAP = 24, 600, 56, 24, 14
local BINS = 4 -- from one tick of the axis to the next

--- A number as the text has it: 1234567.5 is "1,234,567.5".
function histogram.words(n)
  local text = ('%.10g'):format(math.abs(n))
  local whole, rest = text:match('^(%d+)(%.?%d*)$')
  local sign = n < 0 and '-' or ''
  return sign .. (whole and chart.grouped(tonumber(whole)) .. rest or text)
end

-- The axis ------------------------------------------------------------------

--- Where the bins of all series are: the width of one, how many, the number of
--- the first, and the most that lie in one.
local function lay_out(series)
  local least, most = 0, 0
  for _, s in ipairs(series) do
    for _, n in ipairs(s.numbers) do
      least, most = math.min(least, n), math.max(most, n)
    end
  end
  local axis = { tick = chart.ticks(math.max(most - least, 1e-6), 6)[2],
                 most = 0 }
  axis.bin = axis.tick / BINS
  axis.first = math.floor(least / axis.bin)
  axis.count = math.floor(most / axis.bin) - axis.first + 1
  return axis
end

--- How many numbers of a series lie in each bin, counted from 1.
local function fill(series, axis)
  local bins = {}
  for i = 1, axis.count do
    bins[i] = 0
  end
  for _, n in ipairs(series.numbers) do
    local i = math.floor(n / axis.bin) - axis.first + 1
    bins[i] = bins[i] + 1
    axis.most = math.max(axis.most, bins[i])
  end
  return bins
end

-- Drawing -------------------------------------------------------------------

local function draw_bars(c, axis, s, foot)
  local width = WIDTH / axis.count
  for i, n in ipairs(s.bins) do
    if n > 0 then
      local height = math.max(2, (BARS - 14) * n / axis.most)
      local x = LEFT + (i - 1) * width
      chart.rect(c, x + 1, foot - height, width - 2, height,
                 ('fill="%s"'):format(chart.STRONG))
      chart.text(c, x + width / 2, foot - height - 3, chart.SOFT, tostring(n),
                 'font-size="10" text-anchor="middle"')
    end
  end
  chart.line(c, LEFT, foot, LEFT + WIDTH, foot,
             ('stroke="%s"'):format(chart.GREY))
end

local function draw_ticks(c, axis, y)
  local last = (axis.first + axis.count) * axis.bin
  for i = math.ceil(axis.first / BINS), math.floor(last / axis.tick) do
    local x = LEFT + (i * BINS - axis.first) * WIDTH / axis.count
    chart.line(c, x, y, x, y + 5, ('stroke="%s"'):format(chart.SOFT))
    chart.text(c, x, y + 17, chart.SOFT, histogram.words(i * axis.tick),
               'font-size="11" text-anchor="middle"')
  end
end

local function describe(series)
  local out = {}
  for i, s in ipairs(series) do
    out[i] = ('%s: %s.'):format(s.label, s.says)
  end
  return table.concat(out, ' ')
end

--- Draw series { label =, says =, numbers = }, which get their .bins. Returns
--- the SVG and the axis: bin, first, count.
function histogram.draw(title, series)
  local axis, c, y = lay_out(series), chart.new(LEFT * 2 + WIDTH), 8
  for _, s in ipairs(series) do
    s.bins = fill(s, axis)
  end
  for _, s in ipairs(series) do
    chart.text(c, LEFT, y + 14, chart.INK, s.label, 'font-weight="600"')
    chart.text(c, LEFT + WIDTH, y + 14, chart.INK, s.says, 'text-anchor="end"')
    draw_bars(c, axis, s, y + HEAD + BARS)
    y = y + HEAD + BARS + GAP
  end
  draw_ticks(c, axis, y - GAP)
  return chart.finish(c, y + 16, title, describe(series)), axis
end

return histogram
