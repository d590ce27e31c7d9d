-- The terms of the glossary, and links from where a page first uses them.
--
-- The page "glossary" has a "##" heading for each term, "<!-- also: … -->"
-- under it for other forms of the word, and what it means.

local book = require 'book'
local glossary = {}

local LONGEST = 4 -- words of a term

local function note(terms, word, entry, line)
  local key = word:lower()
  if terms[key] then
    book.fault(entry.file, line, ('the term "%s" is there twice: a word has '
      .. 'one meaning in the book'):format(word))
  end
  terms[key] = entry
end

local function finish(entry)
  if entry and entry.text == '' then
    book.fault(entry.file, entry.line, ('the term "%s" has no meaning: write '
      .. 'a sentence under it'):format(entry.term))
  end
end

local function anchor(term)
  return (term:lower():gsub('[^%w%s_-]', ''):gsub('%s', '-'))
end

--- word or form of it, in small letters -> { id =, text = }; nil if the book
--- has no glossary.
function glossary.load()
  local page = book.page_named('glossary')
  local text = page and book.read(page.file)
  local terms, entry = {}, nil
  for number, line in ipairs(book.lines(text or '')) do
    local term = line:match('^## (.*)')
    local also = line:match('^<!%-%- also: (.-) *%-%->$')
    if term then
      finish(entry)
      entry = { term = term, id = anchor(term), text = '', file = page.file,
                line = number }
      note(terms, term, entry, number)
    elseif also and entry then
      for word in (also .. ', '):gmatch('(.-), ') do
        note(terms, word, entry, number)
      end
    elseif entry and line ~= '' and not line:match('^<!%-%-') then
      entry.text = entry.text .. (entry.text ~= '' and ' ' or '') .. line
    end
  end
  finish(entry)
  return page and terms
end

--- The words of count inlines from i on, with single blanks; nil if something
--- else stands among them.
local function phrase(inlines, i, count)
  local words = {}
  for k = 0, 2 * count - 2 do
    local el = inlines[i + k]
    local wanted = k % 2 == 0 and 'Str' or 'Space'
    local t = el and (el.t == 'SoftBreak' and 'Space' or el.t)
    if t ~= wanted then
      return nil
    end
    words[#words + 1] = el.text
  end
  return table.concat(words, ' ')
end

--- The entry that begins at i: entry, count of inlines, what stands before and
--- after the term in the first and last of them.
local function entry_at(inlines, i, terms)
  for count = LONGEST, 1, -1 do
    local words = phrase(inlines, i, count)
    if words then
      local before, core, after =
        words:match('^([%(“]*)(.-)([%.,;:!%?%)”]*)$')
      core = core:gsub('’s$', function(s)
        after = s .. after
        return ''
      end)
      local entry = terms[core:lower()]
      if entry then
        return entry, core, before, after, 2 * count - 1
      end
    end
  end
end

--- Join the strings that the reader left in pieces.
local function joined(inlines)
  local out = pandoc.List {}
  for _, el in ipairs(inlines) do
    local last = out[#out]
    if el.t == 'Str' and last and last.t == 'Str' then
      out[#out] = pandoc.Str(last.text .. el.text)
    else
      out[#out + 1] = el
    end
  end
  return out
end

local function put(out, text)
  if text ~= '' then
    out:insert(pandoc.Str(text))
  end
end

local NESTED = { Strong = true, Emph = true, Quoted = true }

--- A walker that links the first use of each term; used(id) is told of it.
function glossary.linker(terms, used)
  local seen = {}
  local function link(inlines)
    local out, i = pandoc.List {}, 1
    inlines = joined(inlines)
    while i <= #inlines do
      local el, step = inlines[i], 1
      local entry, core, before, after, count = nil, nil, nil, nil, nil
      if el.t == 'Str' then
        entry, core, before, after, count = entry_at(inlines, i, terms)
      elseif NESTED[el.t] then
        el.content = link(el.content)
      end
      if entry and not seen[entry.id] then
        seen[entry.id], step = true, count
        used(entry.id)
        put(out, before)
        out:insert(pandoc.Link({ pandoc.Str(core) }, 'glossary.html#'
          .. entry.id, '', { class = 'term' }))
        put(out, after)
      else
        out:insert(el)
      end
      i = i + step
    end
    return out
  end
  local function whole_block(el)
    el.content = link(el.content)
    return el, false
  end
  return { traverse = 'topdown', Para = whole_block, Plain = whole_block,
           Header = function(el) return el, false end }
end

return glossary
