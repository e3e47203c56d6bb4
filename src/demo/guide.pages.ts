import { Body, Controller, Get, Post, Redirect, Render } from '@nestjs/common';
import { IsNotEmpty } from 'class-validator';
import type { Actor } from '../platform/actor.js';
import { Clock } from '../platform/clock.js';
import { inFrench } from '../platform/dates.js';
import { Refused } from '../platform/errors.js';
import { As, ownPath, Public, seeOther, Trimmed, Who } from '../platform/web.js';
import { DemoClock } from './demo-clock.js';
import { type GuideStep, isPast, nextStep } from './guide.js';
import { GuideService } from './guide.service.js';
import { MILESTONES } from './milestones.js';

class JumpForm {
  @Trimmed() @IsNotEmpty({ message: 'Choisissez une étape.' }) to!: string;
  @Trimmed() back: string = '';
}

/** The guided path and the clock: what anybody sees first. Absent out of the demonstration. */
@Public()
@Controller('demonstration')
export class GuidePages {
  constructor(
    private readonly clock: Clock,
    private readonly guide: GuideService,
  ) {}

  @Get()
  @Render('demo/clock')
  async path(@Who() actor: Actor) {
    const now = this.clock.now();
    const steps = await this.guide.steps(actor);
    const next = nextStep(steps, now);
    return {
      nowText: inFrench(now, 'Europe/Paris'),
      milestones: ahead(now),
      doneCount: steps.filter((step) => step.done).length,
      total: steps.length,
      finished: steps.at(-1)?.done,
      national: this.guide.national,
      next: next && { ...next, number: steps.indexOf(next) + 1, isMe: next.as?.id === actor.id, jump: ahead(now).find((one) => one.at === next.jump) },
      guide: steps.map((step, index) => row(step, index + 1, step === next, now)),
    };
  }

  /** The next step in one sentence, for the bar at the top of every page. */
  @Get('etape')
  async sentence(@Who() actor: Actor) {
    const steps = await this.guide.steps(actor);
    const next = nextStep(steps, this.clock.now());
    return { sentence: next ? `Étape ${steps.indexOf(next) + 1} : ${next.label}` : null };
  }

  @Post('avancer')
  @Redirect()
  jump(@Body(new As(JumpForm)) form: JumpForm) {
    const milestone = MILESTONES.find((one) => one.at === form.to);
    if (!milestone || !(this.clock instanceof DemoClock) || new Date(milestone.at) <= this.clock.now()) {
      throw new Refused('no-way-back', 'L’horloge de la démonstration ne fait qu’avancer.');
    }
    this.clock.jumpTo(new Date(milestone.at));
    return seeOther(ownPath(form.back, '/demonstration'));
  }
}

const ahead = (now: Date) => MILESTONES.filter((one) => new Date(one.at) > now);

function row(step: GuideStep, number: number, current: boolean, now: Date) {
  const missed = !step.done && isPast(step, now);
  return { label: `${number}. ${step.label}`, state: step.done ? 'done' : current ? 'current' : 'todo', stateLabel: missed ? 'Non fait, ou visible de la seule organisation' : undefined, date: step.who };
}
