-- Code as HTML: highlighting and listings.

local book = require 'book'
local fold = require 'fold'
local code = {}

local language_of = { c = 'c', h = 'c', S = 'asm', sh = 'bash', py = 'python',
                      md = 'markdown', cmake = 'cmake', lua = 'lua' }

--- Link the names of the API that stand in a piece of highlighted HTML.
local function link_api(html, api, root)
  local seen = html:gsub('>([^<]+)<', function(text)
    return '>' .. text:gsub('%f[%w_][Ww][Bb]x?X?_[%w_]+', function(name)
      local target = api[name]
      if target then
        return ('<a class="api" href="%s%s">%s</a>'):format(root, target.url,
                                                           name)
      end
    end) .. '<'
  end)
  return seen
end

local function link_lines(lines, api, root)
  local out = {}
  for i, line in ipairs(lines) do
    out[i] = line:find('[Ww][Bb]') and
             link_api('>' .. line .. '<', api, root):sub(2, -2) or line
  end
  return out
end

--- The lines of text as HTML, one string each, in the language's colours.
--- Every line is well-formed by itself.
function code.highlight(text, language)
  local out = {}
  if not language then
    for i, line in ipairs(book.lines(text)) do
      out[i] = book.escape(line)
    end
    return out
  end
  local html = pandoc.write(
    pandoc.Pandoc { pandoc.CodeBlock(text, { class = language }) }, 'html')
  local body = html:match('<code[^>]*>(.*)</code>') or ''
  for i, line in ipairs(book.lines(body)) do
    line = line:gsub('^<span id="[^"]*">', ''):gsub('</span>$', '')
    out[i] = line:gsub('^<a href="#[^>]*></a>', '')
  end
  -- Blank lines at the end are the text's, but the writer drops them.
  for i = #out + 1, #book.lines(text) do
    out[i] = ''
  end
  return out
end

function code.language(name)
  return language_of[name:match('%.([%w]+)$') or '']
end

local coloured = {}

--- Colour a whole file, keeping the state of comments across its regions;
--- gives HTML by line number. A page shows many regions of one file, so the
--- colours are kept. The explorer's runtime (rt.h) has names of its own, some
--- of them those of other things in the API.
function code.colour(source, api, root)
  local lines = coloured[source.name] or code.highlight(
    table.concat(source.lines, '\n'), code.language(source.name))
  coloured[source.name] = lines
  if source.name:match('^common/explore/rt') then
    api = nil
  end
  return api and link_lines(lines, api, root or '') or lines
end

--- Remove the indentation that all lines of a region share.
local function shared_indent(rows)
  local least
  for _, row in ipairs(rows) do
    if row.text:match('%S') then
      local indent = #row.text:match('^ *')
      least = math.min(least or indent, indent)
    end
  end
  return least or 0
end

function code.line(tag, row, html, class)
  local id = row.id and ' id="' .. row.id .. '"' or ''
  return ('<%s class="line%s"%s data-n="%s">%s\n</%s>'):format(tag,
    class and ' ' .. class or '', id, row.n or '', html, tag)
end

--- Rows of a listing as one <pre>.
function code.listing(rows, html, anchors)
  local indent = anchors and 0 or shared_indent(rows)
  local out = {}
  for _, row in ipairs(rows) do
    local line = html[row.n]
    if indent > 0 then
      -- The indentation may stand inside the first span of the line.
      line = line:gsub('^([^ ]-)' .. (' '):rep(indent), '%1', 1)
    end
    out[#out + 1] = code.line('span', row, line)
    if anchors then
      out[#out] = out[#out]:gsub('<span', '<span id="L' .. row.n .. '"', 1)
    end
  end
  if anchors then -- a page of its own
    return '<pre class="code numbered" tabindex="0"><code>'
      .. table.concat(out) .. '</code></pre>'
  end
  return fold.pre('code numbered', out)
end

local fence_language = { c = 'c', h = 'c', python = 'python', py = 'python',
                         sh = 'bash', bash = 'bash', cmake = 'cmake',
                         make = 'makefile', json = 'json' }

--- A fence of Markdown as <pre>, in colour if the language has any.
function code.fence(text, language, api)
  local lines = code.highlight(text, fence_language[language])
  lines = api and fence_language[language] and link_lines(lines, api, '') or
          lines
  local label = language and ' data-language="' .. book.escape(language) .. '"'
                or ''
  return ('<pre class="code fence"%s tabindex="0"><code>%s\n</code></pre>')
    :format(label, table.concat(lines, '\n'))
end

return code
