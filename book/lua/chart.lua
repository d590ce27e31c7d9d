-- What charts share: a panel of SVG, axes, swatches, tables, the figure around
-- them. Colours are literal, those of style/colours.txt on light paper, on a
-- panel of their own, so that a chart is the same in light, in dark and on
-- paper.

local book = require 'book'
local chart = {
  INK = '#25272b', SOFT = '#62656b', RULE = '#dfdbd0', PANEL = '#fcfbf8',
  RAISED = '#f5f3ed', STRONG = '#17616b', PALE = '#e3eeee', GOLD = '#dcb66e',
  PLUM = '#7a3e8f', GREY = '#9b9c9c', BAD = '#a0302a', GOOD = '#2d6a31',
  CHAR = 6.2 -- width of a character of 12 px
}

local made = 0 -- on this page

-- A panel ------------------------------------------------------------------

--- Begin a panel of that width; its height is known at chart.finish().
function chart.new(width)
  made = made + 1
  return { id = 'chart-' .. made, width = width, out = {} }
end

function chart.put(c, format, ...)
  c.out[#c.out + 1] = format:format(...)
end

--- Words at x, y; more is attributes, such as 'text-anchor="end"'.
function chart.text(c, x, y, colour, words, more)
  chart.put(c, '<text x="%.1f" y="%.1f" fill="%s"%s>%s</text>', x, y, colour,
            more and ' ' .. more or '', book.escape(words))
end

function chart.rect(c, x, y, width, height, more, title)
  chart.put(c, '<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" %s%s', x, y,
            width, height, more, title and '><title>' .. book.escape(title)
            .. '</title></rect>' or '/>')
end

function chart.line(c, x1, y1, x2, y2, more)
  chart.put(c, '<path d="M%.1f %.1f L%.1f %.1f" %s/>', x1, y1, x2, y2, more)
end

--- The panel as SVG, with a title and a description for who does not see it.
function chart.finish(c, height, title, description)
  local head = ('<svg xmlns="http://www.w3.org/2000/svg" class="schedule" '
    .. 'role="img" aria-labelledby="%s-t %s-d" viewBox="0 0 %.0f %.0f" '
    .. 'width="%.0f" height="%.0f" style="min-width:%.0fpx" font-family='
    .. '"system-ui, \'Segoe UI\', \'Noto Sans\', \'Liberation Sans\', '
    .. 'sans-serif" font-size="12">\n<title id="%s-t">%s</title>\n'
    .. '<desc id="%s-d">%s</desc>\n<rect x="0.5" y="0.5" width="%.0f" '
    .. 'height="%.0f" rx="6" fill="%s" stroke="%s"/>'):format(c.id, c.id,
    c.width, height, c.width, height, 0.8 * c.width, c.id, book.escape(title),
    c.id, book.escape(description), c.width - 1, height - 1, chart.PANEL,
    chart.RULE)
  return head .. '\n' .. table.concat(c.out, '\n') .. '\n</svg>'
end

-- Numbers ------------------------------------------------------------------

--- 1234567 as "1,234,567".
function chart.grouped(n)
  local text = ('%d'):format(n):reverse():gsub('(%d%d%d)', '%1,'):reverse()
  return (text:gsub('^,', ''))
end

--- Three digits: 1234567 as "1.23 M", 0.056 as "0.056".
function chart.human(n)
  local unit = ''
  for _, step in ipairs { { 1e9, ' G' }, { 1e6, ' M' }, { 1e3, ' k' } } do
    if n >= step[1] * 0.9995 then
      n, unit = n / step[1], step[2]
      break
    end
  end
  if n == math.floor(n) and n < 1000 then
    return ('%d%s'):format(n, unit)
  end
  return (('%%.%df'):format(n >= 100 and 0 or n >= 10 and 1 or 2)):format(n)
    .. unit
end

--- Microseconds as words.
function chart.duration(us)
  if us >= 999500 then
    return ('%.2f s'):format(us / 1e6)
  elseif us >= 9995 then
    return ('%.1f ms'):format(us / 1e3)
  elseif us >= 99.5 then
    return ('%.2f ms'):format(us / 1e3)
  end
  return ('%.0f µs'):format(us)
end

--- Seconds as words, from nanoseconds on.
function chart.seconds(s)
  for _, unit in ipairs { { 1, 's' }, { 1e-3, 'ms' }, { 1e-6, 'µs' },
                          { 1e-9, 'ns' } } do
    if s >= unit[1] * 0.9995 or unit[2] == 'ns' then
      return ('%.3g %s'):format(s / unit[1], unit[2])
    end
  end
end

--- Where an axis from 0 to most has its ticks: 1, 2 or 5 times a power of ten
--- apart, at most n of them after the 0.
function chart.ticks(most, n)
  local step = 10 ^ math.floor(math.log(most / n, 10))
  for _, times in ipairs { 1, 2, 5, 10 } do
    if most / (step * times) <= n then
      step = step * times
      break
    end
  end
  local out = {}
  for i = 0, math.floor(most / step + 1e-9) do
    out[#out + 1] = i * step
  end
  return out
end

--- Words in lines of at most so many characters.
function chart.wrap(words, most)
  local lines = {}
  for word in words:gmatch('%S+') do
    local last = lines[#lines]
    if last and book.width(last) + 1 + book.width(word) <= most then
      lines[#lines] = last .. ' ' .. word
    else
      lines[#lines + 1] = word
    end
  end
  return lines
end

-- Around a panel -----------------------------------------------------------

--- Swatches in a row: { draw = function(x, y), words = } each. Returns the y
--- below them.
function chart.legend(c, x, y, entries)
  local left = x
  for _, e in ipairs(entries) do
    local width = 30 + chart.CHAR * 0.92 * book.width(e.words) + 16
    if x + width > c.width and x > left then
      x, y = left, y + 18
    end
    e.draw(x, y)
    chart.text(c, x + 28, y + 4, chart.SOFT, e.words, 'font-size="11"')
    x = x + width
  end
  return y + 14
end

--- "1.5 ms", all on one line.
local function together(words)
  return (words:gsub('^(%d[%d.]*) (%S+)$', '%1\u{a0}%2'))
end

local function row(tag, cells)
  local out = {}
  for i, words in ipairs(cells) do
    out[i] = ('<%s>%s</%s>'):format(tag, book.escape(together(words)), tag)
  end
  return '<tr>' .. table.concat(out) .. '</tr>'
end

--- The same as a table: the heads of its columns, and rows of words.
function chart.table(caption, heads, rows)
  local out = { '<table><caption>' .. book.escape(caption) .. '</caption>',
                '<thead>' .. row('th', heads) .. '</thead>', '<tbody>' }
  for _, cells in ipairs(rows) do
    out[#out + 1] = row('td', cells)
  end
  out[#out + 1] = '</tbody></table>'
  return table.concat(out, '\n')
end

--- A caption without its marks, for titles.
function chart.plain(html)
  local names = { amp = '&', lt = '<', gt = '>', quot = '"' }
  return (html:gsub('<[^>]*>', ''):gsub('&(%l+);', names))
end

--- The figure: panels { svg =, label = HTML or nil }, told = { HTML… } below
--- them, tables = { HTML… } that unfold; and a class of its own, if any.
function chart.figure(f)
  local class = 'schedules chart' .. (f.class and ' ' .. f.class or '')
  local out = { '<figure class="' .. class .. '">', '<figcaption><span class='
    .. '"caption">' .. f.caption .. '</span><span class="where">' .. f.where
    .. '</span></figcaption>', '<div class="panels">' }
  for _, p in ipairs(f.panels) do
    out[#out + 1] = '<div class="panel" style="flex-basis:100%">'
      .. (p.label and '<p>' .. p.label .. '</p>\n' or '') .. p.svg .. '</div>'
  end
  out[#out + 1] = '</div>\n<div class="told">'
  for _, html in ipairs(f.told) do
    out[#out + 1] = html
  end
  out[#out + 1] = '<details class="steps"><summary>The same as a table'
    .. '</summary>\n' .. table.concat(f.tables, '\n') .. '\n</details></div>\n'
    .. '</figure>'
  return table.concat(out, '\n')
end

return chart
