const byId = id => document.getElementById(id)

const element = (name, text, className) => {
  const made = document.createElement(name)
  if (text !== undefined) made.textContent = text
  if (className) made.className = className
  return made
}

/** Replaces nothing that says the same: what a reader has selected or a screen reader reads stays. */
const setText = (id, text) => {
  const found = byId(id)
  if (found.textContent !== text) found.textContent = text
}

const fill = (id, children) => {
  const found = byId(id)
  const fresh = element('div')
  fresh.append(...children)
  if (found.innerHTML !== fresh.innerHTML) found.replaceChildren(...fresh.childNodes)
}

const sayDuration = seconds => {
  if (seconds < 120) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`
  return `${Math.floor(whole / 3600)} h ${String(Math.floor(whole / 60) % 60).padStart(2, '0')} min`
}

const answers = { up: 'Yes', down: 'No', 'by-turns': 'By turns' }
const phrases = { up: ', for', down: ', down for', 'by-turns': ', not reliably for' }

const showHeadline = ({ state, seconds, why, connections }, writes) => {
  if (byId('headline').dataset.state !== state) {
    byId('headline').dataset.state = state
    byId('announcement').textContent = `${answers[state]}. ${why}`
    document.title = `${answers[state]}: Repoint laboratory`
  }
  setText('state', answers[state])
  setText('since', `${phrases[state]} ${sayDuration(seconds)}`)
  setText('why', why)
  fill('connections', [
    ...connections.map(({ name, isDown, says }) => {
      const item = element('li', undefined, isDown ? 'bad' : 'good')
      item.append(element('b', name), ` ${says}`)
      return item
    }),
    element('li', writes),
  ])
}

const showStory = (story, phases) => {
  setText('story-title', story ? story.title : 'The last two minutes')
  setText(
    'summary',
    story
      ? `${sayDuration(story.seconds)} since it began. ${story.summary}`
      : 'Nothing has happened yet. Press “Fail over” and watch what the application sees, and why.',
  )
  fill(
    'phases',
    phases.map(({ number, name, seconds, fromSeconds, isOpen }) => {
      const item = element('li', undefined, isOpen ? 'open' : '')
      item.style.setProperty('--phase', `var(--phase-${((number - 1) % 6) + 1})`)
      const title = element('span', undefined, 'name')
      title.append(element('i', String(number)), name)
      item.append(
        title,
        element('b', sayDuration(seconds)),
        element('small', isOpen ? 'so far' : `${sayDuration(fromSeconds)} to ${sayDuration(fromSeconds + seconds)}`),
      )
      return item
    }),
  )
}

const showFacts = facts => {
  fill(
    'facts',
    facts.map(({ title, lines }) => {
      const group = element('div')
      group.append(element('dt', title), ...lines.map(({ text, tone }) => element('dd', text, tone)))
      return group
    }),
  )
}

const lines = new Map()

const addEntry = ({ id, at, lane, text, tone, isHeading }) => {
  const item = element('li', undefined, isHeading ? 'heading' : tone)
  if (isHeading) item.append(element('b', text))
  else item.append(element('span', at), element('span', lane, `lane ${lane}`), element('span', text))
  const before = lines.get(id)
  if (before) before.replaceWith(item)
  else byId('log').prepend(item)
  lines.set(id, item)
  if (lines.size > 300) {
    const [[oldest, last]] = lines
    last.remove()
    lines.delete(oldest)
  }
}

const press = async name => {
  setText('refused', '')
  const answer = await fetch(`act/${name}`, { method: 'POST', headers: { 'x-repoint-lab': 'page' } }).catch(
    () => undefined,
  )
  if (answer === undefined) setText('refused', 'The laboratory does not answer.')
  else if (!answer.ok) setText('refused', await answer.text())
}

const showActions = actions => {
  fill(
    'actions',
    actions.map(({ name, title, about }) => {
      const item = element('li')
      const button = element('button', title)
      button.type = 'button'
      button.dataset.name = name
      button.setAttribute('aria-describedby', `about-${name}`)
      const description = element('small', about)
      description.id = `about-${name}`
      item.append(button, description)
      return item
    }),
  )
}

byId('actions').addEventListener('click', ({ target }) => {
  if (target.dataset.name) press(target.dataset.name)
})

// Whoever has no mouse scrolls it by keys.
byId('log').tabIndex = 0

const events = new EventSource('events')
const on = (name, show) => events.addEventListener(name, ({ data }) => show(JSON.parse(data)))

on('lab', ({ speed, actions, entries }) => {
  setText(
    'speed',
    speed === 1
      ? 'An AWS of its own on this machine, as fast as AWS'
      : `An AWS of its own on this machine, ${speed} times faster than AWS. All times here are AWS’s.`,
  )
  lines.clear()
  byId('log').replaceChildren()
  showActions(actions)
  entries.forEach(addEntry)
})
on('entry', addEntry)
on('view', ({ headline, writes, story, phases, facts }) => {
  showHeadline(headline, writes)
  showStory(story, phases)
  showFacts(facts)
})
on('chart', ({ wide, narrow }) => {
  byId('wide').innerHTML = wide
  byId('narrow').innerHTML = narrow
})
events.addEventListener('error', () => {
  byId('headline').dataset.state = 'gone'
  setText('state', 'The laboratory has ended')
  setText('since', '')
  setText('why', 'Start it again with `npm run lab`, and open the address that it prints.')
})
