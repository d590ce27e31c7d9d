-- The words of the verdicts: their list, where chapters show them, and the
-- index of failure kinds (the page "failures") that is made of both.

local book = require 'book'
local pages = require 'sources'
local verdicts = {}

local LIST = 'common/src/verdict.c'

--- The words of wb/verdict.h in their order, and word -> what it means.
function verdicts.load()
  local words, meaning = {}, {}
  local text = book.page_named('failures') and book.read(LIST) or ''
  for word, rest in text:gmatch('%[WB_[%u_]+%] = { "([%l-]+)",(.-) },?\n') do
    if word ~= 'clean' then
      words[#words + 1] = word
      meaning[word] = rest:gsub('"%s*"', ''):match('"(.-)"%s*$')
    end
  end
  return words, meaning
end

--- Tell shown(word) of the words that a captured output gives as verdicts.
function verdicts.in_output(html, meaning, shown)
  if not html:match('^<figure class="output"') then
    return
  end
  for line in html:gmatch('[^\n]+') do
    local word = line:gsub('^verdict: ', ''):match('^([%l-]+): ')
    if word and meaning[word] then
      shown(word)
    end
  end
end

--- word -> { { page =, anchor =, heading = } … }, one for each page.
local function load_shown(titles)
  local shown, seen = {}, {}
  for _, line in ipairs(book.lines(book.slurp(book.verdicts) or '')) do
    local _, word, id, anchor, heading = table.unpack(book.split(line))
    if word and id and not seen[word .. id] then
      seen[word .. id] = true
      shown[word] = shown[word] or {}
      table.insert(shown[word], { url = id .. '.html#' .. anchor,
                                  title = titles[id] or id,
                                  heading = heading })
    end
  end
  return shown
end

--- Links to the hints of chapters that have some for the word.
local function hints(word, titles, api)
  local out = {}
  for _, p in ipairs(book.pages) do
    local name = p.file:gsub('README%.md$', 'hints.md')
    local text = name:match('hints%.md$') and book.read(name)
    if text and ('\n' .. text):find('\n## ' .. word .. '\n', 1, true) then
      out[#out + 1] = ('<li><a href="%s">Hints</a> of %s</li>'):format(
        pages.page(name, text, api), book.escape(titles[p.id] or p.id))
    end
  end
  return out
end

--- The directive "shown: WORD": what the word means and where to read on.
function verdicts.shown(word, at, titles, api)
  local _, meaning = verdicts.load()
  if not meaning[word] then
    book.fault(at.file, at.line, ('"%s" is no verdict: the words stand in '
      .. 'wb/verdict.h'):format(word or ''))
    return nil
  end
  local out = { '<p class="meaning">' .. book.escape(meaning[word]) .. '.</p>',
                '<ul class="shown-in">' }
  for _, s in ipairs(load_shown(titles)[word] or {}) do
    out[#out + 1] = ('<li><a href="%s">%s</a>: %s</li>'):format(s.url,
      book.escape(s.title), book.escape(s.heading))
  end
  for _, item in ipairs(hints(word, titles, api)) do
    out[#out + 1] = item
  end
  if #out == 2 then
    out[2] = '<ul class="shown-in"><li>No chapter shows it.</li>'
  end
  return table.concat(out, '\n') .. '\n</ul>'
end

--- Every word must have its section on the page that lists them.
function verdicts.check(page, headings)
  local has = {}
  for _, h in ipairs(headings) do
    has[h.id] = true
  end
  for _, word in ipairs((verdicts.load())) do
    if not has[word] then
      book.fault(page.file, 0, ('no section for the verdict "%s": add the '
        .. 'heading "## `%s`" and, under it, "<!-- shown: %s -->"'):format(
        word, word, word))
    end
  end
end

return verdicts
