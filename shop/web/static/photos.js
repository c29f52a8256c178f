// Photos are made small before they are sent: a phone's connection carries a tenth, and where they were taken never
// leaves the phone. Fetched where photos are chosen (sheaf.js). Without a script, or where a photo cannot be read, the file goes as it is, and the server does the same.
// A little more than is shown, so that what the server makes of it is as sharp as of the original.
const LONGEST = 1600, QUALITY = 0.85, PAPER = "#FBF7EF";

const small = async (file) => {
  // Turned as the camera was held; whatever else it wrote stays behind, since only pixels are drawn.
  const photo = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST / Math.max(photo.width, photo.height));
  const canvas = Object.assign(document.createElement("canvas"), {
    width: Math.round(photo.width * scale), height: Math.round(photo.height * scale),
  });
  const paper = canvas.getContext("2d");
  Object.assign(paper, { fillStyle: PAPER, imageSmoothingQuality: "high" });
  paper.fillRect(0, 0, canvas.width, canvas.height);
  paper.drawImage(photo, 0, 0, canvas.width, canvas.height);
  photo.close();
  const drawn = await new Promise((done) => { canvas.toBlob(done, "image/jpeg", QUALITY); });
  return new File([drawn], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
};

for (const part of document.querySelectorAll("[data-small]")) {
  const field = part.querySelector("input[type=file]"), told = part.querySelector("[role=status]");
  let underWay = null;
  const makeSmall = async (chosen) => {
    const made = new DataTransfer();
    // One after the other: a phone has little memory, and each photo is large once it is opened.
    for (const file of chosen) made.items.add(await small(file).catch(() => file));
    return made.files;
  };
  const show = (files) => {
    field.files = files;
    const bytes = [...files].reduce((sum, file) => sum + file.size, 0);
    told.textContent = part.dataset.small.replace("{n}", files.length).replace("{mb}", (bytes / 1e6).toFixed(1));
    told.hidden = !files.length;
  };
  const begin = () => {
    const mine = underWay = makeSmall([...field.files]).then((files) => {
      if (underWay !== mine) return; // others were chosen meanwhile
      underWay = null;
      show(files);
    });
  };
  field.addEventListener("change", begin);
  if (field.files.length) begin(); // chosen while this was fetched
  // Whoever presses before they are small has pressed once: it is sent as soon as they are.
  document.addEventListener("submit", (event) => {
    if (event.target !== field.form || !underWay) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const { target, submitter } = event;
    underWay.then(() => target.requestSubmit(submitter));
  }, true);
}
