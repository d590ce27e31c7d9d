// Play the scheduler: the reader chooses which thread takes the next step of a
// program, and sees its source, variables and locks change. What can happen is
// a graph that `workbook explore --graph` has made; explore.md lists its keys.
'use strict';

(function () {
  const LOCKS = new Set(['lock', 'trylock', 'woken, lock', 'read-lock',
    'write-lock']);

  function el(tag, attributes, ...children) {
    const node = document.createElement(tag);
    Object.entries(attributes || {}).forEach(function ([name, value]) {
      if (name === 'click') node.addEventListener('click', value);
      else node.setAttribute(name, value);
    });
    node.append(...children);
    return node;
  }

  function words(step) {
    const out = [step.op];
    if (step.object) out.push(step.object);
    if (step.before !== undefined) {
      out.push(step.op === 'read' ? step.after
        : step.before + ' → ' + step.after);
    }
    if (step.failed) out.push('(in vain)');
    return out.join(' ');
  }

  // What the program is like before its first step: the value that the first
  // step to touch a variable finds there.
  function firstValues(graph) {
    const values = new Map();
    const note = function (number) {
      const step = graph.steps[number];
      if (step.before !== undefined && !values.has(step.object)) {
        values.set(step.object, step.before);
      }
    };
    graph.start.steps.forEach(note);
    graph.nodes.forEach(function (node) {
      node.moves.forEach((move) => move.steps.forEach(note));
    });
    return values;
  }

  function isFailure(node) {
    return node.end !== undefined && node.end.verdict !== 'clean';
  }

  // The moves from the start to the nearest node that `wanted` accepts.
  function findWay(graph, wanted) {
    const from = new Map([[graph.start.to, null]]);
    const queue = [graph.start.to];
    for (const at of queue) {
      if (wanted(graph.nodes[at])) {
        const moves = [];
        for (let n = at; from.get(n); n = from.get(n).node) {
          moves.unshift(from.get(n).move);
        }
        return moves;
      }
      graph.nodes[at].moves.forEach(function (move) {
        if (!from.has(move.to)) {
          from.set(move.to, { node: at, move });
          queue.push(move.to);
        }
      });
    }
    return null;
  }

  // In how many ways the program can be run, and how many of them fail; null
  // when it can go round in a circle.
  function countWays(graph) {
    const known = new Map();
    const open = new Set();
    let circle = false;
    const stack = [graph.start.to];
    while (stack.length && !circle) {
      const at = stack[stack.length - 1];
      const node = graph.nodes[at];
      const left = node.moves.filter((move) => !known.has(move.to));
      open.add(at);
      circle = left.some((move) => open.has(move.to));
      if (left.length) {
        stack.push(left[0].to);
        continue;
      }
      const sum = { all: node.end ? 1n : 0n, bad: isFailure(node) ? 1n : 0n };
      node.moves.forEach(function (move) {
        sum.all += known.get(move.to).all;
        sum.bad += known.get(move.to).bad;
      });
      known.set(at, sum);
      open.delete(at);
      stack.pop();
    }
    return circle ? null : known.get(graph.start.to);
  }

  // One program that is played: its moves so far, and what they make of it.
  function Game(data) {
    this.graph = data.graph;
    this.source = data.source;
    this.first = firstValues(data.graph);
    this.moves = [];
    this.canFail = data.graph.nodes.some(isFailure);
    this.canRace = data.graph.nodes.some((node) => node.race);
    this.replay();
  }

  Game.prototype.take = function (step, fresh) {
    if (step.after !== undefined) {
      if (this.values.get(step.object) !== step.after) fresh.add(step.object);
      this.values.set(step.object, step.after);
    }
    if (LOCKS.has(step.op) && !step.failed) {
      this.locks.set(step.object, step.thread);
    } else if (step.op === 'unlock') {
      this.locks.delete(step.object);
    } else if (step.op === 'wait') {
      this.locks.delete(step.object2);
    }
    this.log.push(step);
  };

  Game.prototype.replay = function () {
    this.values = new Map(this.first);
    this.locks = new Map();
    this.log = [];
    this.fresh = new Set();
    this.recent = 0;
    this.visited = new Map();
    [this.graph.start].concat(this.moves).forEach(function (move) {
      this.fresh = new Set();
      this.recent = this.log.length;
      move.steps.forEach((n) => this.take(this.graph.steps[n], this.fresh));
      this.at = move.to;
      this.visited.set(this.at, (this.visited.get(this.at) || 0) + 1);
    }, this);
    this.node = this.graph.nodes[this.at];
  };

  Game.prototype.name = function (thread) {
    return this.graph.threads[thread].name;
  };

  Game.prototype.movesOf = function (thread) {
    return this.node.moves.filter((move) => move.thread === thread);
  };

  // What keeps a thread from going on, or what it does next.
  Game.prototype.stands = function (thread) {
    const moves = this.movesOf(thread);
    const blocked = this.node.blocked.find((b) => b.thread === thread);
    if (moves.length) {
      const step = this.graph.steps[moves[0].steps[0]];
      return { line: this.line(step), text: words(step) };
    } else if (blocked) {
      const by = blocked.waits_for !== undefined && blocked.op !== 'join'
        ? ', held by ' + this.name(blocked.waits_for) : '';
      return { line: this.line(blocked), waits: true,
        text: 'waits: ' + blocked.op + ' ' + (blocked.object || '') + by };
    }
    return { text: this.node.ended.includes(thread) || this.node.end
      ? 'has ended' : 'is not there yet' };
  };

  Game.prototype.line = function (place) {
    return place.file === this.graph.program ? place.line : undefined;
  };

  // How things stand, in a sentence or two.
  Game.prototype.verdict = function () {
    const { end, race } = this.node;
    if (end && end.verdict === 'clean') {
      return { tone: 'good', text: this.canFail
        ? 'It went well this time. Go back, and try another order.'
        : 'It ends as it should.' };
    } else if (end) {
      return { tone: 'bad', text: `You broke it: ${end.verdict}. The program `
        + `${end.text}.` };
    } else if (race) {
      return { tone: 'bad', text: `A data race: ${race.threads.map((t) =>
        this.name(t)).join(' and ')} both touch ${race.object} next, one of `
        + 'them writes, and nothing orders them. Go on, and see what it does.'
      };
    } else if (this.visited.get(this.at) > 1) {
      return { tone: 'bad', text: 'All is as it was before: this can go on '
        + 'for ever.' };
    }
    return { tone: '', text: '' };
  };

  Game.prototype.summary = function () {
    return this.count() + (this.graph.coarse ? ' What a thread does with a '
      + 'lock in its hand is part of the move that took it, as long as nobody '
      + 'else could notice.' : '');
  };

  Game.prototype.count = function () {
    const ways = countWays(this.graph);
    const states = `${this.graph.nodes.length} states`;
    if (!this.canFail && !this.canRace) {
      return ways === null ? `No order of steps breaks it: ${states}.`
        : `No order of steps breaks it: ${states}, ${ways.all} ways through `
          + 'them.';
    } else if (ways === null) {
      return `${states}; some orders go round in a circle.`;
    }
    return `${states}, ${ways.all} ways through them, ${ways.bad} of them `
      + 'end badly. Can you find one?';
  };

  // The part of the page that shows a game.
  function Player(root, data) {
    this.games = data.map((one) => new Game(one));
    this.root = root;
    this.tabs = this.games.map((game, i) => el('button', { type: 'button',
      click: () => this.show(i) }, game.graph.program));
    this.threads = el('ul', { class: 'play-threads' });
    this.status = el('p', { class: 'play-status', role: 'status' });
    this.state = el('tbody');
    this.values = el('div', { class: 'play-values', tabindex: '0',
      role: 'group', 'aria-label': 'Variables and locks' },
    el('table', {}, el('thead', {}, el('tr', {}, el('th', {},
      'Variable or lock'), el('th', {}, 'Now'))), this.state));
    this.log = el('ol', { class: 'play-log', tabindex: '0',
      'aria-label': 'Steps taken' });
    this.source = el('pre', { class: 'code numbered', tabindex: '0',
      'aria-label': 'Source' });
    this.summary = el('p', { class: 'play-summary' });
    this.failure = el('button', { type: 'button',
      click: () => this.showFailure() }, 'Show me');
    this.build();
    this.show(0);
  }

  Player.prototype.build = function () {
    const button = (label, click) => el('button', { type: 'button', click },
      label);
    this.root.append(
      el('div', { class: 'play-bar' }, el('span', { class: 'play-tabs',
        role: 'group', 'aria-label': 'Program' }, ...this.tabs),
      el('span', {}, button('Back', () => this.back()),
        button('Start again', () => this.restart()), this.failure)),
      el('p', {}, el('b', {}, 'Play the scheduler.'),
        ' Choose which thread takes the next step.'),
      this.summary,
      el('div', { class: 'play-body' },
        el('div', {}, this.threads, this.status, this.values),
        el('div', {}, this.source, this.log)),
      el('p', { class: 'play-keys' }, 'Keys: the number of a thread, '
        + 'Backspace to go back, r to start again.'));
    this.root.addEventListener('keydown', (event) => this.key(event));
    this.root.hidden = false;
  };

  Player.prototype.show = function (number) {
    this.game = this.games[number];
    this.tabs.forEach((tab, i) => tab.setAttribute('aria-pressed',
      String(i === number)));
    this.failure.hidden = !this.game.canFail;
    this.summary.textContent = this.game.summary();
    this.source.innerHTML = `<code>${this.game.source}</code>`;
    this.buttons = this.game.graph.threads.map((thread, t) => el('button', {
      type: 'button', class: `play-go t${t % 4}`, click: () => this.go(t) }));
    this.threads.replaceChildren(...this.buttons.map((b) => el('li', {}, b)));
    this.draw(true);
  };

  Player.prototype.go = function (thread, outcome) {
    const moves = this.game.movesOf(thread);
    const move = moves[outcome || 0];
    if (!move) {
      const { text } = this.game.stands(thread);
      this.say(`${this.game.name(thread)} ${text}.`, '');
      return;
    }
    this.game.moves.push(move);
    this.draw();
  };

  Player.prototype.back = function () {
    this.game.moves.pop();
    this.draw();
  };

  Player.prototype.restart = function () {
    this.game.moves = [];
    this.draw();
  };

  Player.prototype.showFailure = function () {
    this.game.moves = findWay(this.game.graph, isFailure) || [];
    this.draw();
  };

  Player.prototype.key = function (event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const thread = /^[0-9]$/.test(event.key) ? Number(event.key) : NaN;
    if (thread < this.buttons.length) this.go(thread);
    else if (event.key === 'Backspace') this.back();
    else if (event.key === 'r') this.restart();
    else return;
    event.preventDefault();
  };

  Player.prototype.say = function (text, tone) {
    this.status.textContent = text;
    this.status.className = 'play-status ' + tone;
  };

  Player.prototype.draw = function (quiet) {
    this.game.replay();
    this.drawThreads();
    this.drawState();
    this.drawLog();
    this.drawSource();
    const { text, tone } = this.game.verdict();
    this.say(text || (quiet || !this.game.log.length ? 'Which thread is to go '
      + 'on?' : `${this.sentence(this.game.log[this.game.log.length - 1])}.`),
    tone);
  };

  Player.prototype.sentence = function (step) {
    return `${this.game.name(step.thread)}: ${words(step)}`;
  };

  // A step that can turn out in several ways has a button for each.
  Player.prototype.drawThreads = function () {
    this.buttons.forEach(function (button, t) {
      const { text } = this.game.stands(t);
      const moves = this.game.movesOf(t);
      const { name, entry } = this.game.graph.threads[t];
      button.replaceChildren(el('kbd', {}, String(t)), el('b', {},
        entry && entry !== name ? `${name} · ${entry}` : name),
      el('span', {}, text));
      button.setAttribute('aria-disabled', String(!moves.length));
      const more = moves.slice(1).map((move, i) => el('button', {
        type: 'button', class: 'play-more',
        click: () => this.go(t, i + 1) }, `or otherwise (${i + 2})`));
      while (button.nextSibling) button.nextSibling.remove();
      button.after(...more);
    }, this);
  };

  Player.prototype.drawState = function () {
    const { values, locks, fresh } = this.game;
    const row = (name, value, tone) => el('tr', { class: tone }, el('td', {},
      el('code', {}, name)), el('td', {}, value));
    this.state.replaceChildren(
      ...[...values].map(([name, value]) => row(name, value,
        fresh.has(name) ? 'fresh' : '')),
      ...[...locks].map(([name, thread]) => row(name,
        'held by ' + this.game.name(thread), `lock t${thread % 4}`)));
  };

  Player.prototype.drawLog = function () {
    const { log, recent } = this.game;
    this.log.replaceChildren(...log.map((step, i) => el('li', {
      class: `t${step.thread % 4}${i >= recent ? ' fresh' : ''}` },
    `${this.sentence(step)}${step.line ? ` (${step.file}:${step.line})`
      : ''}`)));
    this.log.scrollTop = this.log.scrollHeight;
  };

  // Beside each line, the threads that stand there.
  Player.prototype.drawSource = function () {
    this.source.querySelectorAll('.here').forEach((mark) => mark.remove());
    this.source.querySelectorAll('.at').forEach((line) =>
      line.classList.remove('at'));
    const latest = (this.game.log[this.game.log.length - 1] || {}).thread;
    let first = null;
    this.buttons.forEach(function (button, t) {
      const { line, waits } = this.game.stands(t);
      const at = line && this.source.querySelector(`[data-n="${line}"]`);
      if (!at) return;
      at.classList.add('at');
      at.append(el('span', { class: `here t${t % 4}${waits ? ' waits' : ''}` },
        this.game.name(t)));
      if (!first || t === latest) first = at;
    }, this);
    if (first) {
      this.source.scrollTop = first.offsetTop - this.source.clientHeight / 3;
    }
  };

  document.querySelectorAll('.play').forEach(function (root) {
    const data = root.querySelector('script[type="application/json"]');
    if (data) new Player(root, JSON.parse(data.textContent));
  });
})();
