"""The training loop: steps, evaluations, samples and checkpoints, resumable at every step.

    step:  micro-batch × accumulation ─▶ clip ─▶ AdamW ─▶ position and generators are taken
    then:  evaluate? ─▶ sample? ─▶ checkpoint?    (in this order: a checkpoint knows the others)

A stop in the middle of a step throws that step's gradients away; the generators taken after the
last whole step go into the checkpoint, so a resumed run repeats the step bit for bit.
"""

from __future__ import annotations

import math
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from . import random_state
from .base_tokenizer import context_tokens
from .batches import BatchPlan
from .compiled_decoder import compile_decoder
from .dry_run import DryRun, DryRunner
from .evaluate import Evaluator
from .events import EventWriter, log
from .failures import StopRequested, TrainingFailure
from .fused_lora import fuse_on_cpu
from .intervals import Intervals
from .optimizer_step import OptimizerStep
from .packages import package_versions
from .position import Position
from .prepared_run import PreparedRun
from .run_saver import RunSaver
from .samples import Sampler
from .schedule import learning_rate_at
from .step_feed import StepFeed
from .step_report import StepReport
from .stop import Requests


class TrainingLoop:
    def __init__(
        self,
        prepared: PreparedRun,
        folder: Path,
        attempt: int,
        events: EventWriter,
        requests: Requests,
    ) -> None:
        hyper, data = prepared.config.hyperparameters, prepared.data
        self._prepared = prepared
        self._hyper = hyper
        self._model = prepared.model
        self._world = prepared.world
        self._events = events
        self._requests = requests
        self._batches = BatchPlan(
            data.store,
            data.train,
            batch_size=hyper.batch_size,
            accumulation=hyper.gradient_accumulation_steps,
            seed=hyper.seed,
            world_size=prepared.world.size,
        )
        self.total_steps = self._batches.total_steps(hyper.epochs, hyper.max_steps)
        self._intervals = Intervals(hyper, self.total_steps)
        self._evaluator = Evaluator(
            data.store,
            data.validation,
            batch_size=hyper.batch_size,
            device=prepared.device,
            world=prepared.world,
            make=prepared.make_batch,
            raise_on_stop=self._raise_on_stop,
        )
        self._sampler = Sampler(
            prepared.tokenizer,
            hyper.sample_prompts,
            max_tokens=hyper.sample_max_tokens,
            context=context_tokens(prepared.model.causal.config),
            is_chat=prepared.config.dataset.format != "text",
            device=prepared.device,
            world=prepared.world,
            raise_on_stop=self._raise_on_stop,
        )
        self._step = OptimizerStep(
            hyper=hyper,
            world=prepared.world,
            device=prepared.device,
            model=prepared.model,
            loss=prepared.loss,
            raise_on_stop=requests.raise_on_stop,
        )
        self._saver = RunSaver(
            folder,
            attempt,
            world=prepared.world,
            events=events,
            model=prepared.model,
            optimizer=self._step.optimizer,
            scaler=self._step.scaler,
            are_best_needed=hyper.adapter_from == "best",
        )
        if hyper.compile:
            compile_decoder(prepared.model)
        else:
            fuse_on_cpu(prepared.model)
        self._report = StepReport(events, prepared.device, self.total_steps)
        base = prepared.config.base_model.path
        self._packages = package_versions(hyper.quantization, base)
        fingerprint = prepared.config.fingerprint(self._world.size)
        self.position = Position(fingerprint=fingerprint, processes=self._world.size)
        self._generators: dict[str, Any] = random_state.capture()

    @property
    def saver(self) -> RunSaver:
        return self._saver

    @property
    def is_stopped_early(self) -> bool:
        is_patience_spent = self.position.is_patience_spent(self._hyper.early_stopping_patience)
        return is_patience_spent and self.position.step < self.total_steps

    def resume(self) -> None:
        """Goes on from the newest good checkpoint, where there is one."""
        self._warn_of_what_needs_validation()
        found = self._saver.resume(self.position.fingerprint, self._packages) or self.position
        self.position = replace(found, packages=self._packages, processes=self._world.size)
        self._generators = random_state.capture()

    def dry_run(self) -> DryRun:
        """Changes nothing. Raises TrainingFailure when the longest batch does not fit."""
        runner = DryRunner(self._prepared, self._batches, self._step, self._events.warning)
        return runner.run(self.total_steps - self.position.step)

    def run(self) -> None:
        """Until the last step, evaluated and saved. Raises StopRequested after a checkpoint."""
        self._model.peft.train()
        steps = range(self.position.step, self.total_steps)
        make = self._prepared.make_batch
        feed = StepFeed(self._batches, self._prepared.data.store, self._world, make, steps)
        try:
            if not self._is_over():
                self._raise_on_stop()
                self._events.write("dry_run", **asdict(self.dry_run()))
            # First what is due: an attempt may have been stopped in the middle of an evaluation.
            self._do_what_is_due()
            while not self._is_over():
                self._raise_on_stop(at_step_end=True)
                self._do_step(feed)
                self._do_what_is_due()
        except StopRequested:
            self._events.status("stopping", f"Stopping after step {self.position.step}.")
            if not self._world.any(self._requests.is_discarded()):
                self._saver.checkpoint(self.position, self._generators, must=True)
            raise
        finally:
            feed.close()
        if self.is_stopped_early:
            self._tell_early_stop()

    def _warn_of_what_needs_validation(self) -> None:
        hyper = self._hyper
        if self._evaluator.has_rows():
            return
        if hyper.early_stopping_patience is not None or hyper.adapter_from == "best":
            self._events.warning(
                "no_validation_rows",
                "Early stopping and the choice of the best weights need validation rows, and no "
                "row is held out: the run goes to its last step.",
            )

    def _is_over(self) -> bool:
        return self.position.step == self.total_steps or self.is_stopped_early

    def _raise_on_stop(self, *, at_step_end: bool = False) -> None:
        step = self.position.step
        is_epoch_over = at_step_end and step > 0 and step % self._batches.steps_per_epoch == 0
        if self._world.any(self._requests.is_stop_wanted(is_epoch_over=is_epoch_over)):
            raise StopRequested

    def _do_step(self, feed: StepFeed) -> None:
        step = self.position.step
        learning_rate = learning_rate_at(step, self.total_steps, self._hyper)
        result = self._step.run(step, learning_rate, feed)
        self.position = self.position.after_step(
            epoch=(step + 1) / self._batches.steps_per_epoch,
            tokens=result.tokens,
            label_tokens=result.label_tokens,
            seconds=result.seconds,
            loss=result.loss,
        )
        self._report.write(self.position, learning_rate, result)
        if not result.is_sound:
            raise _not_finite(step + 1, result.loss)
        self._generators = random_state.capture()

    def _do_what_is_due(self) -> None:
        step = self.position.step
        if self._intervals.is_evaluation_due(step) and step != self.position.evaluated_step:
            self._evaluate()
        is_over = self._is_over()  # an evaluation may end the run
        is_sample_due = is_over or self._intervals.is_sample_due(step)
        if is_sample_due and step != self.position.sampled_step:
            self._sample()
        is_checkpoint_wanted = self._world.any(self._requests.take_checkpoint_request())
        if is_checkpoint_wanted or is_over or self._intervals.is_checkpoint_due(step):
            self._saver.checkpoint(self.position, self._generators, must=is_over)

    def _evaluate(self) -> None:
        if not self._evaluator.has_rows():
            return
        self._events.status("evaluating", f"Evaluating after step {self.position.step}.")
        found = self._evaluator.run(self._model, self._prepared.loss)
        is_best = self.position.is_improved_by(found.loss)
        self.position = self.position.after_evaluation(found.loss)
        if is_best:
            self._saver.keep_best(self.position)
        self._events.write(
            "eval",
            step=self.position.step,
            epoch=self.position.epoch,
            **asdict(found),
            is_best=is_best,
        )
        log(
            f"step {self.position.step}  validation loss {found.loss:.4f} ({found.rows} rows)"
            + ("  best so far" if is_best else "")
        )
        if not self._is_over():
            self._events.status("training", "Training.")

    def _sample(self) -> None:
        for sample in self._sampler.run(self._model):
            self._events.write("sample", step=self.position.step, **asdict(sample))
        self.position = replace(self.position, sampled_step=self.position.step)

    def _tell_early_stop(self) -> None:
        position = self.position
        best = "any number"  # of evaluations none of which was finite
        if position.best_loss is not None:
            best = f"that of step {position.best_step}, {position.best_loss:.4f}"
        self._events.status(
            "training",
            f"Stopped early after step {position.step} of {self.total_steps}: the validation loss "
            f"was not better than {best}, {position.evaluations_without_improvement} times in a "
            "row.",
        )


def _not_finite(step: int, loss: float) -> TrainingFailure:
    what = "gradients" if math.isfinite(loss) else "loss"
    return TrainingFailure(
        "non_finite_loss",
        f"The {what} became infinite or not a number at step {step}: the run diverged.",
        "Lower the learning rate, lengthen the warm-up, lower the gradient norm limit, or use "
        "bf16 or fp32 in place of fp16. Resuming goes on from the last good checkpoint.",
    )
