/** A rule for oxlint: no regular expression whose time grows with more than the length of the text, for instance with its square. */
import { analyse } from 'scslre';

const rule = {
  create(context) {
    return {
      Literal(node) {
        if (!node.regex) return;
        const { reports } = analyse({ source: node.regex.pattern, flags: node.regex.flags });
        const worst = reports.find(({ exponential }) => exponential) ?? reports[0];
        if (worst === undefined) return;
        const time = worst.exponential ? 'exponentially with' : 'with the square of';
        const attack = `${worst.character.literal.source}`;
        context.report({ node, message: `Its time grows ${time} the length of a text such as many of ${attack}.` });
      },
    };
  },
};

export default { meta: { name: 'regular-expressions' }, rules: { 'linear-time': rule } };
