import { Controller, Get, Param, Render } from '@nestjs/common';
import { NotFound } from '../platform/errors.js';
import { Public } from '../platform/web.js';
import { GUIDES, guideHtml, isGuide } from './guides.js';

/** Help for everybody, signed in or not. */
@Public()
@Controller()
export class HelpPages {
  private readonly html = new Map<string, ReturnType<typeof guideHtml>>();

  @Get('aide')
  @Render('help/index')
  index() {
    return { guides: Object.entries(GUIDES).map(([name, title]) => ({ title, href: `/aide/${name}` })) };
  }

  @Get('aide/:name')
  @Render('help/guide')
  guide(@Param('name') name: string) {
    if (!isGuide(name)) throw new NotFound();
    const html = this.html.get(name) ?? guideHtml(name);
    this.html.set(name, html);
    return { title: GUIDES[name], html };
  }

  @Get('accessibilite')
  @Render('accessibility')
  accessibility() {
    return {};
  }
}
