#!/bin/sh
# Play the fixture's programs in a browser, by keyboard: the bad one to a
# failure, the good one to where it waits, and read what the page says.
#
#   test_play.sh CASE BOOK_DIR FIXTURE WORK CMAKE GENERATOR CHROMIUM
. "$(dirname "$0")/fixture.sh"

build || die "the fixture does not build"
page=$html/played.html

# The page of the chapter, and a script that plays and notes what it sees.
sed '/^<\/body>$/d; /^<\/html>$/d' "$html/03_counter.html" > "$page"
cat >> "$page" <<'END'
<pre id="noted"></pre>
<script>
'use strict';
const noted = document.getElementById('noted');
noted.append('\n');
const note = (text) => noted.append('noted: ' + text + '\n');
window.onerror = (message) => note('error: ' + message);
window.addEventListener('load', function () {
  const play = document.querySelector('.play');
  const see = (part) => note(play.querySelector(part).textContent.replace(
    /^A data race: T1 and T2 both touch counter next, .*$/, 'race'));
  const press = (key) => play.dispatchEvent(new KeyboardEvent('keydown',
    { key, bubbles: true, cancelable: true }));
  see('.play-summary');
  press('0'); see('.play-status');
  press('1'); see('.play-status');
  see('.play-log');
  see('.line.at[data-n="14"] .here');
  press('2'); see('.play-status');
  see('tbody tr');
  press('Backspace'); see('.play-status');
  press('r'); see('.play-status');
  press('2'); see('.play-status');
  play.querySelector('.play-tabs button:last-child').click();
  see('.play-summary');
  press('1'); press('2'); see('.play-status');
  note(play.querySelectorAll('[aria-disabled="true"]').length + ' wait');
  note('that is all');
});
</script>
</body>
</html>
END

timeout 60 "$7" --headless --no-sandbox --disable-gpu --dump-dom \
    --user-data-dir="$work/profile" "file://$page" > "$work/dom" 2> "$log" ||
    die "the browser failed"
sed -n 's/^noted: //p' "$work/dom" > "$work/seen"
cat > "$work/expected" <<'END'
4 states, 3 ways through them, 1 of them end badly. Can you find one?
main waits: join T1.
race
T1: read counter 0 (bad.c:13)
T1
You broke it: wrong-answer. The program exits with status 1.
counter1
race
Which thread is to go on?
It went well this time. Go back, and try another order.
No order of steps breaks it: 3 states, 2 ways through them.
T2 waits: lock mu, held by T1.
2 wait
that is all
END
diff "$work/expected" "$work/seen" > "$log" || die "the page says otherwise"
