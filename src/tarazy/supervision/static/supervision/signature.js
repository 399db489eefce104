/* SPDX-License-Identifier: EUPL-1.2 */
/* A field to sign in with finger, pen or mouse; without one, the signature is attached as a file. */

const canvas = document.getElementById("signature");
const clear = document.getElementById("signature-clear");
const drawn = document.getElementById("signature-drawn");
const pen = canvas.getContext("2d");
let signing = false;

canvas.hidden = clear.hidden = false;
pen.lineWidth = 3;
pen.lineCap = pen.lineJoin = "round";
pen.strokeStyle = "#111";

function at(event) {
  const box = canvas.getBoundingClientRect();
  return [((event.clientX - box.left) * canvas.width) / box.width, ((event.clientY - box.top) * canvas.height) / box.height];
}

canvas.addEventListener("pointerdown", (event) => {
  event.preventDefault();
  canvas.setPointerCapture(event.pointerId);
  signing = true;
  pen.beginPath();
  pen.moveTo(...at(event));
});
canvas.addEventListener("pointermove", (event) => {
  if (!signing) return;
  pen.lineTo(...at(event));
  pen.stroke();
});
for (const end of ["pointerup", "pointercancel"]) {
  canvas.addEventListener(end, () => {
    if (!signing) return;
    signing = false;
    drawn.value = canvas.toDataURL("image/png");
  });
}
clear.addEventListener("click", () => {
  pen.clearRect(0, 0, canvas.width, canvas.height);
  drawn.value = "";
});

/* After a mistake elsewhere the signature is still there. */
if (drawn.value) {
  const before = new Image();
  before.addEventListener("load", () => pen.drawImage(before, 0, 0));
  before.src = drawn.value;
}
document.getElementById("form-wrong")?.scrollIntoView({ block: "center" });
