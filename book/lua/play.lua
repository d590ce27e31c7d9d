-- The scheduler to be played: graphs of programs, for style/play.js.

local book = require 'book'
local captures = require 'captures'
local code = require 'code'
local json = require 'json'
local regions = require 'regions'
local play = {}

local USAGE = 'write "<!-- play: bad good -->", then options of the explorer; '
  .. 'each is a program of the chapter'

--- Can the reader break it? In a state from which it races, or by an end.
local function can_fail(graph)
  for _, node in ipairs(graph.nodes) do
    if node.race or node['end'] and node['end'].verdict ~= 'clean' then
      return true
    end
  end
  return false
end

local function check(program, graph)
  if program == 'bad' and not can_fail(graph) then
    return 'cannot be broken, so it is no bad program: mend it, or the options'
  elseif program == 'good' and can_fail(graph) then
    return 'can be broken, so it is no good program: mend it'
  end
end

local function quoted(text)
  return '"' .. text:gsub('[%c"\\]', function(c)
    return ('\\u%04x'):format(c:byte())
  end) .. '"'
end

--- The lines of a program as HTML, in its colours.
local function source(page, program)
  local name = book.resolve(page.file, program .. '.c')
  local parsed = regions.parse(name, book.read(name))
  local colours, out = code.colour(parsed), {}
  for n in ipairs(parsed.lines) do
    if not parsed.marker[n] then
      out[#out + 1] = code.line('span', { n = n }, colours[n])
        :gsub('\n</span>$', '</span>')
    end
  end
  return table.concat(out)
end

--- What a page without a script says of a program instead.
local function instead(program, graph)
  local ways = can_fail(graph) and 'some ways through them break it'
               or 'no way through them breaks it'
  return ('<code>%s.c</code> has %d state%s; %s.'):format(program,
    #graph.nodes, #graph.nodes == 1 and '' or 's', ways)
end

--- One program as JSON, and what is said in its place; nil after a fault.
local function game(page, program, options, at)
  local command = { 'explore', program, '--graph' }
  table.move(options, 1, #options, #command + 1, command)
  local capture = captures.read(page, command, at)
  if not capture then
    return nil
  end
  local graph = json.read(capture.text)
  if not graph or not graph.nodes then
    captures.refuse(capture, 'made no graph: ' .. capture.text)
    return nil
  end
  captures.check(capture)
  local wrong = check(program, graph)
  if wrong then
    captures.refuse(capture, wrong)
  end
  return ('{"graph":%s,"source":%s}'):format(capture.text:gsub('%s+$', ''),
                                            quoted(source(page, program))),
         instead(program, graph)
end

--- What stands in the place of the game on paper, in EPUB and without a script.
local function paper(page, texts)
  return ('<noscript>\n<p class="unplayed">Where scripts run, the HTML pages '
    .. 'let you play the scheduler here. <a href="#%s">A schedule that '
    .. 'fails</a> is drawn above. %s</p>\n'
    .. '</noscript>'):format(page.drawn, table.concat(texts, ' '))
end

local UNDRAWN = 'a scheduler to be played, and no figure above it: paper and '
  .. 'pages without scripts have only that; put "<!-- figure: explore bad -->" '
  .. 'before it'

--- <!-- play: bad good -- 2 -->: programs and options are split already.
function play.html(page, programs, options, at)
  local games, texts = {}, {}
  if #programs == 0 then
    book.fault(at.file, at.line, USAGE)
  elseif not page.drawn then
    book.fault(at.file, at.line, UNDRAWN)
    return nil
  end
  for i, program in ipairs(programs) do
    if not book.read(book.resolve(page.file, program .. '.c')) then
      book.fault(at.file, at.line, USAGE)
      return nil
    end
    games[i], texts[i] = game(page, program, options, at)
  end
  if #games < #programs then
    return nil
  end
  local data = '[' .. table.concat(games, ',') .. ']'
  return paper(page, texts) .. '\n<div class="play" role="group" aria-label='
    .. '"Play the scheduler" hidden="">\n<script type="application/json">'
    .. data:gsub('</', '<\\/') .. '</script>\n</div>'
end

return play
