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

--- The entry for a phrase: entry, the term, what stands before and after it.
local function entry_of(phrase, terms)
  local before, core, after = phrase:match('^([%(“]*)(.-)([%.,;:!%?%)”]*)$')
  core = core:gsub('’s$', function(s)
    after = s .. after
    return ''
  end)
  local entry = terms[core:lower()]
  if entry then
    return entry, core, before, after
  end
end

--- The entry of the longest term that begins at i: count of inlines, entry, the
--- term, what stands before and after it. said: what each inline says, " " for
--- a blank, false for what is no word.
local function entry_at(said, i, terms)
  local phrase, longest = '', {}
  for k = i, i + 2 * LONGEST - 2 do
    if not said[k] or (said[k] == ' ') == ((k - i) % 2 == 0) then
      break
    end
    phrase = phrase .. said[k]
    if (k - i) % 2 == 0 then
      local found = table.pack(k - i + 1, entry_of(phrase, terms))
      longest = found[2] and found or longest
    end
  end
  return table.unpack(longest)
end

local BLANK = { Space = true, SoftBreak = true }

--- Join the strings that the reader left in pieces. Then, for each inline, what
--- it says.
local function joined(inlines)
  local out, said, n = pandoc.List {}, {}, 0
  for _, el in ipairs(inlines) do
    local kind = el.t
    local text = kind == 'Str' and el.text or BLANK[kind] and ' '
    if kind == 'Str' and said[n] and said[n] ~= ' ' then
      said[n] = said[n] .. text
      out[n] = pandoc.Str(said[n])
    else
      n = n + 1
      out[n], said[n] = el, text
    end
  end
  return out, said
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
    local out, i, said = pandoc.List {}, 1, nil
    inlines, said = joined(inlines)
    while i <= #inlines do
      local el, step = inlines[i], 1
      local count, entry, core, before, after = entry_at(said, i, terms)
      if not said[i] and NESTED[el.t] then
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
