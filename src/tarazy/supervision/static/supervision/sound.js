/* SPDX-License-Identifier: EUPL-1.2 */
/* The sound of a new alert: only where somebody asked for it, on this device. */

const SOUND = "tarazy-sound";
const TONES_HZ = [660, 880, 1100];

/*
 * Binds the switch; gives back what plays the call. A browser lets no page sound before somebody has
 * touched it: after a way to another page and back, the first key or touch anywhere wakes the sound.
 */
export function bindSound(button) {
  let player = null;

  function say() {
    const on = localStorage.getItem(SOUND) === "on";
    const asleep = on && player?.state !== "running";
    button.setAttribute("aria-pressed", String(on && !asleep));
    const text = asleep ? button.dataset.asleep : on ? button.dataset.on : button.dataset.off;
    if (button.textContent !== text) button.textContent = text;
  }

  /* Three rising tones: unlike anything that a desktop plays by itself. */
  function beep() {
    if (player?.state !== "running" || localStorage.getItem(SOUND) !== "on") return;
    for (const [order, hertz] of TONES_HZ.entries()) {
      const [tone, volume, at] = [player.createOscillator(), player.createGain(), player.currentTime + order * 0.22];
      tone.frequency.value = hertz;
      volume.gain.setValueAtTime(0.25, at);
      volume.gain.exponentialRampToValueAtTime(0.001, at + 0.2);
      tone.connect(volume).connect(player.destination);
      tone.start(at);
      tone.stop(at + 0.2);
    }
  }

  function wake() {
    if (!player) {
      player = new AudioContext();
      player.addEventListener("statechange", say);
    }
    return player.resume();
  }

  button.addEventListener("click", async () => {
    const awake = localStorage.getItem(SOUND) === "on" && player?.state === "running";
    localStorage.setItem(SOUND, awake ? "off" : "on");
    if (!awake) {
      await wake();
      beep();
    }
    say();
  });
  for (const touch of ["pointerdown", "keydown"]) {
    document.addEventListener(touch, ({ target }) => {
      if (localStorage.getItem(SOUND) === "on" && !button.contains(target)) wake();
    });
  }
  if (localStorage.getItem(SOUND) === "on") wake();
  say();
  return beep;
}
