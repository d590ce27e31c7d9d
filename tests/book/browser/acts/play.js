// page: 03_locks.html
// By the keyboard alone, a reader breaks the bad program; nobody breaks the
// good one, whatever order he takes.
const root = document.querySelector('.play');
const status = () => root.querySelector('.play-status').textContent;
const going = () => [...root.querySelectorAll('.play-go')]
  .map((b, i) => (b.getAttribute('aria-disabled') === 'true' ? -1 : i))
  .filter((i) => i >= 0);
const press = (key) => {
  document.activeElement.dispatchEvent(new KeyboardEvent('keydown',
    { key: String(key), bubbles: true }));
  if (!root.contains(document.activeElement)) throw new Error('focus is lost');
};
const tab = (name) => [...root.querySelectorAll('.play-tabs button')]
  .find((b) => b.textContent === name);

tab('bad.c').focus();
for (let steps = 0; going().length && steps < 100; steps++) {
  press(going()[steps % going().length]); // by turns
}
if (!status().startsWith('You broke it')) throw new Error(status());
if (root.querySelectorAll('.play-log li').length < 4)
  throw new Error('no steps are told');
press('Backspace');
if (status().startsWith('You broke it')) throw new Error('no way back');
press('r');
if (going().length < 2) throw new Error('it does not start again');

tab('good.c').focus();
tab('good.c').click();
for (let order = 0; order < 64; order++) {
  press('r');
  for (let bits = order; going().length; bits >>= 1) {
    press(going()[bits % going().length]);
  }
  if (!status().startsWith('It ends as it should'))
    throw new Error('order ' + order + ': ' + status());
}
