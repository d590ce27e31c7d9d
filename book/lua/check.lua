-- Looks across the pages of the book when all are made: links and anchors,
-- ids, regions nobody shows, labels nobody names. Then adds to the reference
-- where each function is used, and writes the index of the search. Runs as a
-- filter of an empty document.
--
-- Metadata: manifest, facts (the directory of them), seen (what is kept for the
-- next build), stamp.

package.path = (PANDOC_SCRIPT_FILE:match('^(.*)/') or '.') .. '/?.lua;'
  .. package.path
local book = require 'book'
local links = require 'links'
local reference = require 'reference'
local regions = require 'regions'
local search = require 'search'
local seen = require 'seen'

--- What weave.lua noted: by kind, { page =, … } each.
local function load_facts(dir)
  local facts = { id = {}, link = {}, region = {}, label = {}, page = {} }
  for _, page in ipairs(book.pages) do
    local text = book.slurp(dir .. '/' .. page.id .. '.facts') or ''
    for _, line in ipairs(book.lines(text)) do
      local f = book.split(line)
      if facts[f[1]] then
        table.insert(facts[f[1]], { page = page, table.unpack(f, 2) })
      end
    end
  end
  return facts
end

local function check_links(facts)
  for _, link in ipairs(facts.link) do
    local line, url, anchor = table.unpack(link)
    if anchor ~= '' and not links.ids(url)[anchor] then
      book.fault(link.page.file, line, ('dead anchor "#%s": %s has no such '
        .. 'heading; mend the link or the heading'):format(anchor, url))
    end
  end
end

local function check_ids(facts)
  for _, page in ipairs(book.pages) do
    local line_of = {}
    for _, fact in ipairs(facts.id) do
      if fact.page == page then
        local line = tonumber(fact[1])
        line_of[fact[2]] = math.max(line_of[fact[2]] or 0, line)
      end
    end
    for id, count in pairs(links.ids(page.url)) do
      if count > 1 then
        book.fault(page.file, line_of[id], ('duplicate id "%s": an id names '
          .. 'one place of a page; rename one of the %d'):format(id, count))
      end
    end
  end
end

local UNSHOWN = 'region "%s" is shown nowhere: write "<!-- listing: %s %s -->" '
  .. 'in a chapter, or take it out'
local UNNAMED = 'label "%s" is named nowhere: write "[line](%s#%s)" in a '
  .. 'chapter, or take it out'

--- The set of pairs that facts of a kind hold.
local function pairs_of(facts)
  local set = {}
  for _, fact in ipairs(facts) do
    set[fact[1] .. '\t' .. fact[2]] = true
  end
  return set
end

local function check_regions(facts)
  local shown, named = pairs_of(facts.region), pairs_of(facts.label)
  for _, name in ipairs(book.sources) do
    local source = regions.parse(name, book.read(name) or '')
    local path = name:match('^chapters/.*/([^/]+)$') or '/' .. name
    local function check(used, its, line, message)
      if not used[name .. '\t' .. its] and not book.pending[name] then
        book.fault(name, line, message:format(its, path, its))
      end
    end
    for region, span in pairs(source.regions) do
      check(shown, region, span.first - 1, UNSHOWN)
    end
    for label, line in pairs(source.labels) do
      check(named, label, line - 1, UNNAMED)
    end
  end
end

function Pandoc(doc)
  book.load(doc.meta.manifest)
  local facts = load_facts(doc.meta.facts)
  seen.begin(doc.meta.seen)
  reference.finish()
  check_links(facts)
  check_ids(facts)
  check_regions(facts)
  links.check()
  book.finish()
  book.spew(book.html .. '/style/search-index.js',
            search.script(search.rows()))
  seen.finish(doc.meta.seen)
  book.spew(doc.meta.stamp, '')
end
