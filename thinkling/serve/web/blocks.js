// Cuts a growing answer into blocks that will not change any more, and one that is still open.
// A block ends at an empty line outside of code and formulas. Every character is looked at once.

export class Blocks {
  constructor() {
    this.rest = "";   // what is not in a finished block
    this.looked = 0;  // how much of it was looked at, in whole lines
    this.fence = "";  // the fence or the formula that is open
  }

  // Adds text; returns the blocks that this finishes.
  feed(text) {
    this.rest += text;
    const done = [];
    for (let end; (end = this.rest.indexOf("\n", this.looked)) >= 0; ) {
      const line = this.rest.slice(this.looked, end).trim();
      this.looked = end + 1;
      this.note(line);
      if (!line && !this.fence) {
        const block = this.rest.slice(0, this.looked);
        this.rest = this.rest.slice(this.looked);
        this.looked = 0;
        if (block.trim()) done.push(block);
      }
    }
    return done;
  }

  note(line) {
    if (this.fence) {
      if (this.fence === "$$" ? line.endsWith("$$") : line.startsWith(this.fence)) this.fence = "";
    } else if (line.startsWith("```") || line.startsWith("~~~")) {
      this.fence = line.slice(0, 3);
    } else if (line.startsWith("$$") && !line.slice(2).includes("$$")) {
      this.fence = "$$";
    }
  }
}
