-- What capture.sh has kept of the programs of a chapter.

local book = require 'book'
local json = require 'json'
local captures = {}

--- Read what capture.sh wrote for these words: a head of "key: value" lines, a
--- blank line, the output. nil after a fault.
function captures.read(page, command, at)
  local path = ('%s/%s/%s.txt'):format(book.captures, page.id,
                                       table.concat(command, '_'))
  local text = book.slurp(path)
  if not text then
    book.fault(at.file, at.line, ('"%s" was not captured: the comment must '
      .. 'stand on a line of its own, from its first column')
      :format(table.concat(command, ' ')))
    return nil
  end
  local blank = text:find('\n\n', 1, true)
  local head, body = text:sub(1, blank), text:sub(blank + 2)
  return { path = path, command = head:match('command: ([^\n]*)'),
           exit = tonumber(head:match('exit: (%d+)')),
           sources = head:match('sources: (%x+)'), text = body,
           verdict = head:match('verdict: ([^\n]*)'),
           page = page, at = at }
end

--- Refuse a capture: say why, and have the next build make it again.
function captures.refuse(capture, why)
  book.fault(capture.at.file, capture.at.line,
             '`workbook ' .. capture.command .. '` ' .. why)
  os.remove(capture.path)
  os.remove(('%s/%s.ok'):format(book.captures, capture.page.id))
end

--- Complain of what no page may show: in text, or in all of the capture.
function captures.check(capture, text)
  text = text or capture.text
  for _, dir in ipairs { book.root, book.build } do
    if text:find(dir, 1, true) then
      captures.refuse(capture, ('names a path of this machine, "%s": print a '
        .. 'relative one'):format(dir))
    end
  end
  local control = text:match('[%z\1-\8\11-\31\127]')
  if control then
    captures.refuse(capture, ('prints the control character %d: it may not '
      .. 'colour its output when NO_COLOR is set'):format(control:byte()))
  end
end

--- A capture that is JSON, and its value, or nil and why it has none; nil after
--- a fault.
local function read_json(page, command, at)
  local capture = captures.read(page, command, at)
  if not capture then
    return nil
  end
  captures.check(capture)
  local value, why = json.read(capture.text)
  return capture, value, why
end

--- What measure.sh has seen; nil after a fault.
function captures.json(page, command, at)
  local capture, value, why = read_json(page, command, at)
  if capture and not value then
    captures.refuse(capture, 'was not understood: ' .. tostring(why))
  end
  return value, capture
end

--- The report of an exploration with --json; nil after a fault.
function captures.report(page, command, at)
  local capture, report, why = read_json(page, command, at)
  if not capture then
    return nil
  end
  if report and report.message then
    why = report.message
  elseif report and report.status then
    return report, capture
  end
  captures.refuse(capture, 'made no report: ' ..
                  tostring(why or capture.text:match('[^\n]*')))
  return nil
end

return captures
