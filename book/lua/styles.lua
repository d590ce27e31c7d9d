-- Makes the style sheets: the colours of style/colours.txt go in front of
-- style/book.css, where a reader's choice of light or dark stands above that
-- of his system. Programs that make books know no variables, so for paper the
-- light colours stand in their places. Runs as a filter of an empty document.
--
-- Metadata: style (the directory), screen and paper (the files to write).

package.path = (PANDOC_SCRIPT_FILE:match('^(.*)/') or '.') .. '/?.lua;'
  .. package.path
local book = require 'book'

--- name, light and dark colour of each line that is no comment.
local function read_colours(path)
  local colours, light = {}, {}
  for number, line in ipairs(book.lines(assert(book.slurp(path)))) do
    local name, l, d = line:match('^([%l-]+) +(#%x+) +(#%x+)$')
    if name then
      colours[#colours + 1] = { name = name, light = l, dark = d }
      light[name] = l
    elseif not line:match('^#') and line ~= '' then
      book.fault('book/style/colours.txt', number, 'write "name #light #dark"')
    end
  end
  return colours, light
end

local function declare(colours, which)
  local out = { '  color-scheme: ' .. which .. ';' }
  for _, c in ipairs(colours) do
    out[#out + 1] = ('  --%s: %s;'):format(c.name, c[which])
  end
  return table.concat(out, '\n') .. '\n'
end

local function palette(colours)
  local dark = declare(colours, 'dark')
  return (':root {\n%s}\n@media (prefers-color-scheme: dark) {\n'
    .. ':root:not([data-theme="light"]) {\n%s}\n}\n'
    .. ':root[data-theme="dark"] {\n%s}\n@media print {\n'
    .. ':root, :root[data-theme="dark"],\n'
    .. ':root:not([data-theme="light"]) {\n%s}\n}\n'):format(
    declare(colours, 'light'), dark, dark, declare(colours, 'light'))
end

local PAPERLESS = { 'text-size-adjust', '-webkit-text-size-adjust',
  'overflow-wrap: anywhere', 'hanging-punctuation', 'text-wrap', 'tab-size',
  'user-select', 'cursor', 'scroll-padding-top', 'overflow-x', 'overflow-y',
  'position: sticky', 'position: fixed', 'text-decoration-thickness',
  'text-underline-offset', 'font-variant-ligatures', 'transition',
  'scroll-behavior', 'color-scheme', 'accent-color', 'touch-action',
  'pointer-events', 'will-change', 'outline', 'outline-offset', 'gap',
  'position: absolute', 'fill', 'stroke', 'inset', 'min-width',
  'resize', 'appearance' }

--- A sheet with its variables as colours, without what only screens do.
local function for_paper(css, light)
  css = css:gsub('/%* screen only.-/%* end of screen only %*/', '')
  css = css:gsub('/%*.-%*/', ''):gsub('@media[^{]*(%b{})', '')
  css = css:gsub(':root (%b{})', function(body)
    for name, value in body:gmatch('%-%-([%l-]+):%s*([^;]+);') do
      light[name] = value
    end
    return ''
  end)
  for _, what in ipairs(PAPERLESS) do
    local name = what:match('^[^:]+'):gsub('%-', '%%-')
    local value = what:match(': (.*)')
    css = css:gsub('([{;%s])' .. name .. ':%s*'
      .. (value or '[^;}]*') .. ';?', '%1')
  end
  return (css:gsub('var%(%-%-([%l-]+)%)', function(name)
    if not light[name] then
      book.fault('book/style/book.css', 0, ('the colour "%s" is not in '
        .. 'colours.txt: add it, or mend the name'):format(name))
    end
    return light[name]
  end))
end

function Pandoc(doc)
  local style = doc.meta.style
  local colours, light = read_colours(style .. '/colours.txt')
  local css = assert(book.slurp(style .. '/book.css'))
  local paper = for_paper(css, light)
  book.finish()
  book.spew(doc.meta.screen, palette(colours) .. css)
  book.spew(doc.meta.paper, paper)
end
